import Foundation
import Net
import Node
import Replica
import Sync
import Testing

@Suite struct HandoverTests {
    private let chain: OfficeChain

    init() throws {
        chain = try OfficeChain()
    }

    @Test func `whoever hands the office over decides nothing any more, and the other one when all has come`() throws {
        try chain.bring(from: chain.headquarters, to: chain.second)
        let handover = try chain.handOver()
        #expect(handover.term == 1 && handover.member == 1 && handover.name == "HQ2")
        #expect(try !chain.decides(chain.headquarters) && !chain.decides(chain.second))
        #expect(throws: OfficeError.heldElsewhere(holder: "HQ2", since: OfficeChain.now)) {
            _ = try chain.perform(.revoke(name: "S001", reason: nil), at: chain.headquarters)
        }
        #expect(throws: OfficeError.notGranted(term: 1)) {
            _ = try chain.perform(.acceptOffice(bundle: handover.bundle), at: chain.second)
        }
        try chain.bring(from: chain.headquarters, to: chain.second)
        #expect(throws: OfficeError.notTakenIn) {
            _ = try chain.perform(.revoke(name: "S001", reason: nil), at: chain.second)
        }
        #expect(try !chain.decides(chain.headquarters) && !chain.decides(chain.second))
        #expect(try chain.perform(.acceptOffice(bundle: handover.bundle), at: chain.second) == .inOffice(term: 1))
        #expect(try chain.decides(chain.second) && !chain.decides(chain.headquarters))
        #expect(try chain.perform(.acceptOffice(bundle: handover.bundle), at: chain.second) == .inOffice(term: 1))
        _ = try chain.perform(.revoke(name: "HQ", reason: nil), at: chain.second)
        #expect(throws: RegistrarError.headquarters) {
            _ = try chain.perform(.revoke(name: "HQ2", reason: nil), at: chain.second)
        }
    }

    @Test func `whoever has handed the office over is told to ask for its next certificate`() throws {
        let late = OfficeChain.now + 400 * TestChain.day
        let doctor = NodeDoctor(chain.headquarters, systemClock: { late })
        #expect(try doctor.findings()[0].contains("renews the certificate by itself"))
        try chain.bring(from: chain.headquarters, to: chain.second)
        _ = try chain.handOver()
        // It has kept the authority's key, and may not use it.
        #expect(try doctor.findings()[0].contains("atoll invite HQ --replace"))
    }

    @Test func `the office comes back, with what was decided meanwhile`() throws {
        try chain.bring(from: chain.headquarters, to: chain.second)
        let first = try chain.handOver()
        try chain.bring(from: chain.headquarters, to: chain.second)
        _ = try chain.perform(.acceptOffice(bundle: first.bundle), at: chain.second)
        _ = try chain.perform(
            .invite(name: "S009", replaces: false, validMilliseconds: 1_000, address: nil), at: chain.second)
        guard case .handedOver(let back) = try chain.perform(.handOver(name: "HQ"), at: chain.second) else {
            throw NodeError.stopped
        }
        try chain.bring(from: chain.second, to: chain.headquarters)
        #expect(try chain.office(at: chain.headquarters).number == 2)
        // It has kept the authority's key, and knows nothing of the invitations that were given out since.
        #expect(try !chain.decides(chain.headquarters) && !chain.decides(chain.second))
        #expect(throws: OfficeError.staleBundle(term: 1, present: 2)) {
            _ = try chain.perform(.acceptOffice(bundle: first.bundle), at: chain.second)
        }
        #expect(throws: OfficeError.sealedForAnother) {
            _ = try chain.perform(.acceptOffice(bundle: first.bundle), at: chain.headquarters)
        }
        #expect(try chain.perform(.acceptOffice(bundle: back.bundle), at: chain.headquarters) == .inOffice(term: 2))
        guard
            case .invited(let token) = try chain.perform(
                .invite(name: "S010", replaces: false, validMilliseconds: 1_000, address: nil), at: chain.headquarters)
        else { throw NodeError.stopped }
        #expect(token.member == 4, "member 3 is whom the other one has invited")
        #expect(try chain.decides(chain.headquarters) && !chain.decides(chain.second))
    }

    @Test func `to hand over once more to the same member makes the file again, and to another one is refused`() throws {
        let first = try chain.handOver()
        let again = try chain.handOver()
        #expect(again.term == first.term && again.since == first.since && again.bundle != first.bundle)
        #expect(try chain.office(at: chain.headquarters).terms.count == 1)
        #expect(throws: OfficeError.heldElsewhere(holder: "HQ2", since: OfficeChain.now)) {
            _ = try chain.perform(.handOver(name: "S001"), at: chain.headquarters)
        }
        try chain.bring(from: chain.headquarters, to: chain.second)
        #expect(try chain.perform(.acceptOffice(bundle: again.bundle), at: chain.second) == .inOffice(term: 1))
    }

    @Test func `whoever cannot hold the office is not handed it, and nothing changes`() throws {
        let key = try NodeKeys.read(in: chain.headquarters).key
        func expect(_ error: OfficeError, _ name: String) throws {
            let before = try chain.office(at: chain.headquarters)
            #expect(throws: error) { try chain.perform(.handOver(name: name), at: chain.headquarters) }
            #expect(try chain.office(at: chain.headquarters) == before)
        }
        #expect(throws: RegistrarError.unknownMember("HQ9", known: ["HQ", "HQ2", "S001"])) {
            try chain.perform(.handOver(name: "HQ9"), at: chain.headquarters)
        }
        try expect(.unfit("HQ", .holdsItAlready), "HQ")
        try expect(.unfit("S001", .store), "S001")
        _ = try chain.perform(.revoke(name: "HQ2", reason: nil), at: chain.headquarters)
        try expect(.unfit("HQ2", .revoked), "HQ2")
        _ = try chain.perform(.reinstate(name: "HQ2"), at: chain.headquarters)
        _ = try chain.perform(.fence(name: "HQ2", .destroyed), at: chain.headquarters)
        try expect(.unfit("HQ2", .fenced), "HQ2")
        #expect(throws: IdentityError.self) { try chain.perform(.handOver(name: "HQ"), at: chain.store) }
        #expect(throws: OfficeError.notABundle) {
            try chain.perform(.acceptOffice(bundle: Array("no bundle".utf8)), at: chain.second)
        }
        #expect(throws: OfficeError.notABundle) {
            try chain.perform(.acceptOffice(bundle: try key.pem), at: chain.second)
        }
    }

    @Test func `a bundle with a changed byte is refused or says the same, and one that is cut off is refused`() throws {
        try chain.bring(from: chain.headquarters, to: chain.second)
        let bundle = try chain.handOver().bundle
        try chain.bring(from: chain.headquarters, to: chain.second)
        let second = try ReplicaDirectory.open(at: chain.second)
        let key = FileManager.default.contents(atPath: chain.headquarters + "/keys/authority.key")
        var (changes, refusals) = (0, 0)
        for place in stride(from: 0, to: bundle.count - 60, by: 7) {
            #expect(throws: OfficeError.self) {
                try RegistrarAct.acceptOffice(bundle: Array(bundle.prefix(place))).perform(on: second, at: OfficeChain.now)
            }
            var changed = bundle
            changed[place] = changed[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            changes += 1
            do {
                _ = try RegistrarAct.acceptOffice(bundle: changed).perform(on: second, at: OfficeChain.now)
                // Only what names the recipient's certificate is not authenticated.
                #expect(FileManager.default.contents(atPath: chain.second + "/keys/authority.key") == key)
                try FileManager.default.removeItem(atPath: chain.second + "/invitations.json")
            } catch is OfficeError {
                refusals += 1
            }
        }
        #expect(refusals > changes * 4 / 5, "\(refusals) of \(changes)")
    }

    @Test func `the file is for the one machine that it was sealed for`() throws {
        try chain.bring(from: chain.headquarters, to: chain.store)
        let handover = try chain.handOver()
        try chain.bring(from: chain.headquarters, to: chain.store)
        #expect(throws: OfficeError.sealedForAnother) {
            try chain.perform(.acceptOffice(bundle: handover.bundle), at: chain.store)
        }
        try handover.write(to: chain.file)
        let mode = try FileManager.default.attributesOfItem(atPath: chain.file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(!String(decoding: handover.bundle, as: UTF8.self).contains("PRIVATE KEY"))
    }

    @Test func `a fence goes on under the next registrar, who waits for the one before`() throws {
        try chain.bring(from: chain.headquarters, to: chain.second)
        _ = try chain.perform(.fence(name: "S001", .destroyed), at: chain.headquarters)
        let handover = try chain.handOver()
        try chain.bring(from: chain.headquarters, to: chain.second)
        _ = try chain.perform(.acceptOffice(bundle: handover.bundle), at: chain.second)
        func status() throws -> FenceStatus {
            guard case .fence(let status) = try chain.perform(.fenceStatus(name: "S001"), at: chain.second) else {
                throw NodeError.stopped
            }
            return status
        }
        #expect(try status().waits.map(\.member) == [0])
        for path in [chain.headquarters, chain.second] {
            let answered = try FenceWitness(try ReplicaDirectory.open(at: path)).acknowledge(at: OfficeChain.now)
            #expect(answered == (path == chain.headquarters ? [2] : []))
        }
        try chain.bring(from: chain.headquarters, to: chain.second)
        #expect(try status().state == .complete)
        guard case .minted(let minting) = try chain.perform(.mint(name: "S001"), at: chain.second) else {
            throw NodeError.stopped
        }
        #expect(minting.member == 2)
    }

    @Test func `an open invitation is answered by the new registrar, and the old one says where that is`() throws {
        let token = try chain.chain.invite("S002")
        let handover = try chain.handOver()
        try chain.bring(from: chain.headquarters, to: chain.second)
        _ = try chain.perform(.acceptOffice(bundle: handover.bundle), at: chain.second)
        let request = try chain.chain.request(token, PrivateKey())
        func ask(_ path: String) throws -> [UInt8] {
            try EnrolmentServer(try ReplicaDirectory.open(at: path)).answer(request, from: nil, at: OfficeChain.now).reply
        }
        // Code 11, member 1, and its address.
        #expect(try ask(chain.headquarters) == [12, 1, 11, 1, 8] + Array("hq2:7400".utf8))
        let answer = try Answer(try ask(chain.second))
        #expect(answer.code == 0 && answer.member == UInt64(token.member) && answer.address == "hq2:7400")
        guard
            case .invited(let newer) = try chain.perform(
                .invite(name: "S003", replaces: false, validMilliseconds: 60_000, address: nil), at: chain.second)
        else { throw NodeError.stopped }
        #expect(newer.registrar == 1 && newer.member == token.member + 1)
        #expect(try InviteToken(text: newer.text) == newer)
    }
}
