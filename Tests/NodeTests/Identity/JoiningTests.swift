import Foundation
import Net
import Node
import Replica
import Testing

/// Enrolment over loopback TLS.
@Suite struct JoiningTests {
    private let chain: TestChain
    private var store: String { chain.folder["S001"] }

    init() throws { chain = try TestChain() }

    /// Invites, and runs HQ while a body joins.
    @discardableResult
    private func withHeadquarters<Result>(
        _ name: String = "S001", losing lostReplies: Int = 0,
        _ protocols: [TLSConfiguration.ApplicationProtocol] = [EnrolmentProtocol.enrol, EnrolmentProtocol.renew],
        clock: @escaping @Sendable () -> Int64 = { TestChain.now }, _ body: (InviteToken) throws -> Result
    ) throws -> Result {
        let token = try chain.invite(name)
        let headquarters = try RunningHeadquarters(chain, losing: lostReplies, protocols, clock: clock)
        defer { headquarters.stop() }
        return try body(token.at(headquarters.address))
    }

    private func join(_ token: InviteToken, at path: String, now: Int64 = TestChain.now) throws -> Joining.Joined {
        try Joining.join(
            token, at: path, listen: try .test("127.0.0.1:7501"), address: try .test("s1:7501"), clock: { now })
    }

    @Test func `a store joins, and its directory is whole`() throws {
        try withHeadquarters { token in
            let joined = try join(token, at: store)
            #expect(joined.card.name == "S001" && joined.card.member == 1 && !joined.wasJoined)
            #expect(joined.card.digestKey == chain.founded.card.digestKey)
            let keys = try NodeKeys.read(in: store)
            #expect(try keys.certificate.check(issuedBy: keys.authority, at: TestChain.now).member == 1)
            let configuration = try NodeConfiguration.read(in: store)
            #expect(configuration.peers == [.init(address: token.address, member: 0)])
            #expect(configuration.listen?.description == "127.0.0.1:7501")
            #expect(try ReplicaDirectory.open(at: store).card == joined.card)
        }
        for (name, mode) in [("keys", 0o700), ("keys/node.key", 0o600), ("identity.json", 0o600)] {
            let found = try FileManager.default.attributesOfItem(atPath: store + "/" + name)[.posixPermissions] as? Int
            #expect(found == mode, "\(name)")
        }
        #expect(try chain.membership()[1]?.address?.description == "s1:7501")
        #expect(try FileManager.default.contentsOfDirectory(atPath: chain.folder.path).sorted() == ["S001", "hq"])
        #expect(!FileManager.default.fileExists(atPath: store + "/keys/authority.key"))
    }

    @Test func `a store whose reply was lost runs the command again and gets the same certificate`() throws {
        try withHeadquarters(losing: 2) { token in
            for _ in 0..<2 {
                let error = #expect(throws: EnrolmentError.self) { _ = try join(token, at: store) }
                guard case .replyLost = error else { throw NodeError.stopped }
                #expect(!FileManager.default.fileExists(atPath: store))
            }
            _ = try join(token, at: store)
        }
        let certificate = try NodeKeys.read(in: store).certificate
        #expect(try chain.membership()[1]?.certificate == certificate.der)
        #expect(try FileManager.default.contentsOfDirectory(atPath: chain.folder.path).sorted() == ["S001", "hq"])
    }

    @Test func `another machine with the used token is refused, and leaves nothing`() throws {
        try withHeadquarters { token in
            _ = try join(token, at: store)
            #expect(throws: EnrolmentError.refused(.usedElsewhere)) { _ = try join(token, at: chain.folder["other"]) }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: chain.folder.path).sorted() == ["S001", "hq"])
    }

    @Test func `a machine that was cut off when all was done hears that it has joined`() throws {
        try withHeadquarters { token in
            _ = try join(token, at: store)
            #expect(throws: NodeError.occupied(path: store)) { _ = try join(token, at: store) }
            // As it is between the rename and the tidying.
            try FileManager.default.createDirectory(
                atPath: chain.folder[".S001.joining"], withIntermediateDirectories: true)
            #expect(try join(token, at: store).wasJoined)
            #expect(throws: NodeError.occupied(path: store)) { _ = try join(token, at: store) }
        }
    }

    @Test func `refusals of HQ come as they are`() throws {
        let withdrawn = try chain.invite("S002")
        _ = try chain.registrar { try $0.revoke("S002", at: TestChain.now) }
        try withHeadquarters(clock: { TestChain.now + 3 * TestChain.day }) { token in
            #expect(throws: EnrolmentError.refused(.expired(at: token.expires))) { _ = try join(token, at: store) }
            #expect(throws: EnrolmentError.refused(.unknownToken)) {
                _ = try join(withdrawn.at(token.address), at: store)
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: chain.folder.path) == ["hq"])
    }

    @Test func `another chain's HQ is not taken for ours`() throws {
        let other = try TestChain()
        let token = try other.invite("S001")
        try withHeadquarters { ours in
            #expect(throws: EnrolmentError.otherAuthority(ours.address)) {
                _ = try join(token.at(ours.address), at: store)
            }
        }
    }

    @Test func `nobody at the address, and somebody else, are told apart`() throws {
        let token = try chain.invite("S001")
        let headquarters = try RunningHeadquarters(chain, [.init("atoll/1")])
        let address = headquarters.address
        let syncOnly = #expect(throws: EnrolmentError.self) { _ = try join(token.at(address), at: store) }
        guard case .otherProtocol(address, .protocolMismatch) = syncOnly else { throw NodeError.stopped }
        headquarters.stop()
        let nobody = #expect(throws: EnrolmentError.self) { _ = try join(token.at(address), at: store) }
        guard case .unreachable(address, .unreachable) = nobody else { throw NodeError.stopped }
        #expect(try FileManager.default.contentsOfDirectory(atPath: chain.folder.path) == ["hq"])
    }

    @Test func `clocks that differ too much are named, whichever is wrong`() throws {
        try withHeadquarters { token in
            let slow = #expect(throws: EnrolmentError.self) {
                _ = try join(token, at: store, now: TestChain.now - TestChain.day)
            }
            guard case .clocks = slow else { throw NodeError.stopped }
            let fast = #expect(throws: EnrolmentError.self) {
                _ = try join(token, at: store, now: TestChain.now + 400 * TestChain.day)
            }
            guard case .headquartersExpired = fast else { throw NodeError.stopped }
            _ = try join(token, at: store)
        }
    }

    @Test func `a reply with a flipped bit installs nothing that was not granted, and a good one still does`() throws {
        let token = try chain.invite("S001")
        let flip: @Sendable (inout [UInt8], Int) -> Void = { reply, number in
            // A step that is no multiple of 8 meets every bit of a byte in turn.
            let bit = number * 331
            if bit < reply.count * 8 { reply[bit / 8] ^= 1 << UInt8(bit % 8) }
        }
        let headquarters = try RunningHeadquarters(chain, spoiling: flip)
        defer { headquarters.stop() }
        let (draft, kept) = (chain.folder[".S001.joining"], chain.folder["kept"])
        var isRefused: [Bool] = []
        for attempt in 0..<50 {
            do {
                let joined = try join(token.at(headquarters.address), at: store)
                isRefused.append(false)
                let keys = try NodeKeys.read(in: store)
                #expect(joined.card.chain == token.chain && joined.card.member == 1, "attempt \(attempt)")
                #expect(try keys.authority.fingerprint == token.authority, "attempt \(attempt)")
                #expect(try keys.certificate.check(issuedBy: keys.authority, at: TestChain.now).member == 1)
                try FileManager.default.removeItem(atPath: store)
                // The same machine once more: after a success its key is no longer kept.
                try FileManager.default.copyItem(atPath: kept, toPath: draft)
            } catch is EnrolmentError {
                isRefused.append(true)
                #expect(!FileManager.default.fileExists(atPath: store))
                if attempt == 0 { try FileManager.default.copyItem(atPath: draft, toPath: kept) }
            }
        }
        // What is left is the text of names and addresses, the digest key and HQ's clock.
        #expect(isRefused.first == true && isRefused.last == false)
        #expect(isRefused.count(where: \.self) > 25)
    }

    @Test func `a certificate that is not valid here yet is not installed, and the next attempt gets one that is`() throws {
        // HQ's clock is a day ahead, and its own certificate was made before that.
        try withHeadquarters(clock: { TestChain.now + TestChain.day }) { token in
            let error = #expect(throws: EnrolmentError.self) { _ = try join(token, at: store) }
            #expect(error == .clocks(headquarters: TestChain.now + TestChain.day, here: TestChain.now))
            #expect(!FileManager.default.fileExists(atPath: store))
            _ = try join(token, at: store, now: TestChain.now + TestChain.day)
        }
    }

    @Test func `a member renews before its certificate ends, and a revoked one does not`() throws {
        let later = TestChain.now + 61 * TestChain.day
        let renew = { (address: NodeAddress) in
            try Renewal.renew(in: store, at: address, address: nil, clock: { later })
        }
        try withHeadquarters { _ = try join($0, at: store) }
        let before = try NodeKeys.read(in: store)
        try withHeadquarters("S002", clock: { later }) { token in
            #expect(Renewal.isDue(try before.certificate.validity, at: later))
            let renewed = try renew(token.address)
            #expect(!Renewal.isDue(try renewed.certificate.validity, at: later))
            #expect(try renewed.key.publicKey.der == before.key.publicKey.der)
            #expect(try NodeKeys.read(in: store).certificate.der == renewed.certificate.der)
        }
        _ = try chain.registrar { try $0.revoke("S001", at: later) }
        try withHeadquarters("S003", clock: { later }) { token in
            #expect(throws: EnrolmentError.refused(.revoked(since: later))) { _ = try renew(token.address) }
        }
    }

    @Test func `a member whose certificate has ended is told to ask for a token`() throws {
        try withHeadquarters { _ = try join($0, at: store) }
        let late = TestChain.now + 91 * TestChain.day
        _ = try chain.registrar { try $0.renewOwnCertificate(at: late) }
        try withHeadquarters("S002", clock: { late }) { token in
            let error = #expect(throws: EnrolmentError.self) {
                _ = try Renewal.renew(in: store, at: token.address, address: nil, clock: { late })
            }
            guard case .certificateRefused(token.address, .certificateExpired) = error else { throw NodeError.stopped }
        }
    }
}

extension InviteToken {
    /// The same token for another address: HQ's port is known only once it listens.
    func at(_ address: NodeAddress) -> InviteToken {
        InviteToken(
            chain: chain, member: member, name: name, authority: authority, secret: secret, expires: expires,
            address: address)
    }
}
