import CRDT
import Replica
import Simulation
import Sync
import Testing

@Suite struct RepairTests {
    /// A store and HQ that hold the same.
    private func equalPair(orders: Int, seed: UInt64) throws -> (store: SessionEnd, headquarters: SessionEnd, Moment) {
        let (store, headquarters) = (try SessionEnd(1), try SessionEnd(0))
        var link = SessionLink(store, headquarters, seed: seed)
        for number in 0..<orders { try store.sell("S001-\(10_000 + number)", lines: 1 + number % 5, at: link.now) }
        link.connect()
        link.run()
        #expect(link.differences == [])
        link.tear()
        return (store, headquarters, link.now)
    }

    /// Lets the two repair a scope, the store first.
    ///
    /// - Returns: how many steps it took.
    private func repair(_ scope: Scope, _ store: SessionEnd, _ headquarters: SessionEnd) throws -> Int {
        var steps = 0
        for _ in 0..<8 {
            var turn = try question(scope, of: store)
            repeat {
                steps += 1
                let (source, sink) = turn.isAnswer ? (headquarters, store) : (store, headquarters)
                let (desk, peer) = (RepairDesk(sink.replica), RepairPeer(source.member, of: sink.member, Access()))
                turn = try desk.take(try desk.examine(turn, from: peer), from: peer)
            } while steps < 1000 && (turn.isAnswer || !turn.moves.isEmpty || turn.form == .same)
            if store.replica.digest(of: scope) == headquarters.replica.digest(of: scope) { break }
        }
        return steps
    }

    private func question(_ scope: Scope, of end: SessionEnd) throws -> RepairTurn {
        let standing = RepairDesk(end.replica).standing(of: scope)
        return RepairTurn(
            scope: scope, isAnswer: false, form: .doubtful, mark: standing.mark, digest: try standing.digest.required)
    }

    @Test(arguments: [1, 5, 60])
    func `rows that were lost on one disk come back from the other`(lost: Int) throws {
        let (store, headquarters, _) = try equalPair(orders: 300, seed: 3)
        let scope = Scope(.books, of: 1)
        let before = try store.replica.keys(of: scope).count
        try headquarters.damage("DELETE FROM record WHERE key IN (SELECT key FROM record LIMIT \(lost) OFFSET 40)")
        #expect(try headquarters.replica.keys(of: scope).count == before - lost)
        #expect(try repair(scope, store, headquarters) > 0)
        #expect(try headquarters.replica.keys(of: scope).count == before)
        #expect(try headquarters.replica.recomputedDigest(of: scope) == store.replica.recomputedDigest(of: scope))
        #expect(headquarters.replica.digest(of: scope) == store.replica.digest(of: scope))
    }

    @Test func `both sides may have lost something, and both get it back`() throws {
        let (store, headquarters, _) = try equalPair(orders: 300, seed: 4)
        let scope = Scope(.books, of: 1)
        let before = try store.replica.keys(of: scope).count
        try headquarters.damage("DELETE FROM record WHERE key IN (SELECT key FROM record LIMIT 7 OFFSET 20)")
        try store.damage("DELETE FROM record WHERE key IN (SELECT key FROM record LIMIT 9 OFFSET 200)")
        _ = try repair(scope, headquarters, store)
        #expect(try headquarters.replica.keys(of: scope).count == before)
        #expect(try store.replica.keys(of: scope).count == before)
        #expect(headquarters.replica.digest(of: scope) == store.replica.digest(of: scope))
    }

    @Test func `a repair that a sale overtakes comes to nothing`() throws {
        let (store, headquarters, now) = try equalPair(orders: 20, seed: 5)
        let scope = Scope(.books, of: 1)
        try headquarters.damage("DELETE FROM record WHERE key IN (SELECT key FROM record LIMIT 3 OFFSET 5)")
        let peer = RepairPeer(1, of: 0, Access())
        let turn = try RepairDesk(headquarters.replica).examine(try question(scope, of: store), from: peer).reply
        guard case .offer? = turn.moves.first else { throw Missing() }
        try store.sell("S001-99999", at: now)
        let step = try RepairDesk(store.replica).examine(turn, from: RepairPeer(0, of: 1, Access()))
        #expect(step.reply.moves == [] && step.reply.form == .plain && step.reply.mark != turn.mark)
    }
}
