import CRDT
import Foundation
import Net
import Node
import Replica
import Sync
import Testing

/// Members with good certificates that do not keep to the protocol: HQ names what is wrong to both sides, once, and goes on.
@Suite struct HostilePeerTests {
    private let chain: TestChain
    private let headquarters: RunningNode
    private let credential: TLSConfiguration.Credential
    private let authority: Certificate

    init() throws {
        chain = try TestChain()
        let key = try PrivateKey()
        credential = .init(certificate: try chain.enrol(try chain.invite("S001"), key), key: key)
        authority = try NodeKeys.read(in: chain.path).authority
        var bounds = SessionBounds()
        bounds.openingMilliseconds = 2_000
        bounds.frameMilliseconds = 500
        bounds.acknowledgementMilliseconds = 500
        headquarters = try RunningNode(chain.path, bounds: bounds, clock: { TestChain.now })
    }

    private func peer(saying bytes: [UInt8] = [], _ talk: (any Talk)? = nil) throws -> HandmadePeer {
        let port = try #require(headquarters.port)
        return try HandmadePeer(dialling: port, credential, authority, saying: bytes, talk)
    }

    private let origin = Origin(member: 1, incarnation: 78)

    private func script(
        holding held: [Offer.Entry] = [], _ steps: [(when: FrameKind, say: [Frame])]
    ) -> Script {
        Script(origin, of: chain.founded.card.chain, holding: held, steps)
    }

    /// A delta of which nothing is true.
    private func header(_ scope: Scope, by origin: Origin, upTo sequence: UInt64 = 1) -> DeltaHeader {
        let cut = Cut([(origin, ChainPoint(sequence: sequence, hash: Hash128(high: 9, low: sequence)))])
        return DeltaHeader(scope: scope, base: Cut(), cut: cut, horizon: VersionVector(), runs: [])
    }

    private func replica() throws -> ReplicaDirectory {
        let card = ReplicaCard(
            chain: chain.founded.card.chain, member: 1, name: "S001", digestKey: chain.founded.card.digestKey)
        return try ReplicaDirectory.create(at: chain.folder["S001"], card, epoch: TestChain.now)
    }

    /// What HQ's log says of a session that has ended.
    private func expectEnd(_ name: String, _ words: String, of peer: HandmadePeer) throws {
        let told = try #require(peer.lastWords())
        #expect(told.contains(words), "\(told)")
        let line = try #require(headquarters.lines.wait("session_ended"))
        #expect(line["error"] == name && line["about"] == "member 1" && line["detail"]?.contains(words) ?? false, "\(line)")
        peer.stop()
        #expect(try headquarters.status.peers.map(\.error) == [name])
    }

    @Test(arguments: [
        ([0xEF, 0xFF, 0xFF, 0xFF], "oversized", "a frame is longer than"),
        ([0xFF, 0xFF, 0xFF, 0xFF], "oversized", "a frame is longer than"),
        ([0], "malformed", "breaks the protocol's grammar"),
        ([5, FrameKind.hello.rawValue, 1, 2, 3, 4], "malformed", "breaks the protocol's grammar"),
        (Frame.push([1, 2, 3]).bytes, "unexpected", "may not come now"),
        (Frame.end.bytes, "unexpected", "may not come now"),
        ([], "timed_out", "the session was not open in time"),
        ([0x20], "timed_out", "a frame did not come whole in time"),
        ([0x20, FrameKind.hello.rawValue], "timed_out", "a frame did not come whole in time"),
    ])
    func `what is no session is ended by name`(_ bytes: [UInt8], _ name: String, _ words: String) throws {
        try expectEnd(name, words, of: try peer(saying: bytes))
    }

    @Test func `a member that takes another's name is ended`() throws {
        let directory = try replica()
        let conversation = try Conversation(directory.replica, as: Origin(member: 2, incarnation: 5))
        try expectEnd("impostor", "member 1 says that it is member 2", of: try peer(conversation))
    }

    @Test func `a member that never acknowledges is ended, and gets everything the next time`() throws {
        let directory = try replica()
        let deaf = try Conversation(directory.replica) { if case .join = $0 { true } else { false } }
        try headquarters.edit("C1")
        try expectEnd("timed_out", "was not acknowledged in time", of: try peer(deaf))
    }

    @Test(arguments: [Scope.chain, Scope(.books, of: 2), Scope(.stock, of: 2), Scope(.customers, of: 5)])
    func `a member that writes where it may not is ended, and nothing of that is kept`(_ scope: Scope) throws {
        let begin = Frame.begin(header(scope, by: origin), records: 1)
        try expectEnd("not_permitted", "member 1 may not write to", of: try peer(script([(.ready, [begin])])))
        #expect(try headquarters.status.scopes == 1, "the scope chain, which HQ itself has written")
    }

    @Test func `a member that brings another's transactions as its own store's is ended`() throws {
        let begin = Frame.begin(header(Scope(.books, of: 1), by: Origin(member: 2, incarnation: 4)), records: 1)
        try expectEnd("not_permitted", "member 2 may not write to", of: try peer(script([(.ready, [begin])])))
    }

    @Test func `a piece that unpacks without end is refused by name`() throws {
        let begin = Frame.begin(header(Scope(.books, of: 1), by: origin), records: 1000)
        let piece = Frame.piece(Self.bomb(claiming: 1000, blocks: 10_000))
        try expectEnd("refused", "a delta was refused", of: try peer(script([(.ready, [begin, piece])])))
    }

    /// 40 KB that unpack to 1.3 GB.
    private static func bomb(claiming count: UInt64, blocks: Int) -> [UInt8] {
        var frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x58]
        for block in 1...blocks {
            let head = 0x20000 << 3 | 1 << 1 | (block == blocks ? 1 : 0)
            frame += [UInt8(head & 0xFF), UInt8(head >> 8 & 0xFF), UInt8(head >> 16), 0]
        }
        var writer = ByteWriter()
        writer.write(byte: 0x11)
        writer.write(fixed32: 0)
        writer.write(varint: count)
        writer.write(counted: frame)
        return writer.bytes
    }

    @Test func `what HQ never did is not believed: the scope is left out, and the log says so once`() throws {
        try headquarters.edit("C1")
        let customers = Scope(.customers)
        let raw = try #require(UInt64(try headquarters.status.origin, radix: 16))
        let own = Origin(rawValue: raw)
        let point = ChainPoint(sequence: 900, hash: Hash128(high: 9, low: 900))
        let told = Offer.Entry(scope: customers, form: .told(Cut([(own, point)]), digest: nil, staged: nil))
        let knowledge = Frame.knowledge(customers, own, ChainKnowledge(last: 900, points: [point], runs: []))
        for round in 1...3 {
            let liar = try peer(script(holding: [told], [(.ask, [knowledge])]))
            let isLeftOut = try headquarters.eventually { status in
                status.peers.contains { $0.suspended["\(customers)"]?.contains("never was") ?? false }
            }
            #expect(isLeftOut, "round \(round)")
            liar.stop()
            #expect(try headquarters.eventually { $0.peers.allSatisfy { $0.state == "not connected" } })
        }
        let lines = headquarters.lines.all("scope_suspended")
        #expect(lines.map { $0["error"] } == ["invented"], "\(lines)")
        #expect(lines.first?["about"] == "member 1" && lines.first?["scope"] == "\(customers)", "\(lines)")
        #expect(try headquarters.status.origin == String(raw, radix: 16), "it goes on as who it was")
    }

    @Test func `whatever is repeated a hundred times is logged three times`() throws {
        for _ in 0..<100 { #expect(try peer(saying: [0]).lastWords() != nil) }
        let lines = headquarters.lines.all("session_ended")
        #expect(lines.map { $0["times"] } == [nil, "10", "100"], "\(lines)")
    }
}
