import CRDT
import Replica
import Retail
import Sync
import Testing

/// What a store signed must reach those who have its transactions from others, or they stay marked as hearsay for ever.
@Suite struct CheckpointRelayTests {
    private let scope = Scope(.customers)

    /// A store and headquarters that holds what the store wrote; `first` has a line to it, with a session that is open.
    private func pair(edits: Int) throws -> (store: SessionEnd, headquarters: SessionEnd, line: SessionLink) {
        let (store, headquarters) = (try SessionEnd(1), try SessionEnd(0))
        var line = SessionLink(store, headquarters, seed: 6)
        for number in 0..<edits { try store.edit("C\(1_000_000 + number)", phone: "\(number)", at: line.now) }
        line.connect()
        line.run()
        return (store, headquarters, line)
    }

    private func sign(_ end: SessionEnd) throws -> SignedCheckpoint {
        try end.replica.ownCheckpoints(of: [scope], sign: SessionEnd.signature).first.required
    }

    @Test func `a signature that came while no session was open is sought when one opens`() throws {
        var (store, headquarters, line) = try pair(edits: 10)
        let second = try SessionEnd(2)
        var other = SessionLink(second, headquarters, seed: 7)
        line.tear()
        other.connect()
        other.run()
        #expect(second.replica.relayed[scope]?.map(\.via) == [0])
        other.tear()

        line.connect()
        line.run()
        let word = try sign(store)
        store.session?.tell([word], at: line.now)
        line.run()
        #expect(headquarters.replica.checkpoint(of: word.origin, in: scope) == word)
        line.tear()

        other.connect()
        other.run()
        #expect(second.replica.relayed.isEmpty)
        #expect(second.replica.checkpoint(of: word.origin, in: scope) == word)
        other.tear()
        other.connect()
        other.run()
        #expect(other.delivered.toRight <= 100 && other.delivered.toLeft <= 100, "nothing is left to ask")
    }

    @Test func `a signature follows a large delta`() throws {
        var (store, headquarters, line) = try pair(edits: 100)
        let word = try sign(store)
        store.session?.tell([word], at: line.now)
        line.run()
        line.tear()
        let second = try SessionEnd(2)
        (headquarters.server.desk.pushedRecords, headquarters.server.spools.cellTarget) = (8, 40)
        var other = SessionLink(second, headquarters, seed: 7)
        other.connect()
        other.run()
        #expect(try second.replica.keys(of: scope).count == 100)
        #expect(second.replica.relayed.isEmpty)
    }

    @Test(arguments: [1, 100])
    func `a signature never overtakes what it is about`(edits: Int) throws {
        var (store, headquarters, line) = try pair(edits: 1)
        (store.server.desk.pushedRecords, store.server.spools.cellTarget) = (8, 40)
        for number in 0..<edits { try store.edit("C\(1_000_000 + number)", phone: "new", at: line.now) }
        let word = try sign(store)
        store.session?.tell([word], at: line.now)
        line.run()
        #expect(headquarters.replica.checkpoint(of: word.origin, in: scope) == word)
        #expect(store.session?.isIdle == true)
    }

    @Test func `signatures are sought once a session`() throws {
        let (store, headquarters, line) = try pair(edits: 1)
        let doubt = Frame.seek([Doubt(scope: scope, origin: store.replica.identity.origin)])
        for _ in 0..<2 { doubt.bytes.withUnsafeBytes { headquarters.session?.receive($0, at: line.now) } }
        #expect(headquarters.session?.end == .unexpected(kind: FrameKind.seek.rawValue))
    }
}
