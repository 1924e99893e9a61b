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
        let cut = store.replica.cut(of: scope)
        var steps = 0
        var moves = try RepairDesk(store.replica).begin(scope, at: cut).map { (from: store, move: $0) }
        while !moves.isEmpty {
            let (source, move) = moves.removeFirst()
            let sink = source === store ? headquarters : store
            steps += 1
            guard steps < 10_000 else { break }
            let desk = RepairDesk(sink.replica)
            let answers =
                switch move {
                case .offer(let offer): try desk.answer(offer, at: cut)
                case .records(let records): try desk.answer(records, from: source.member, at: cut)
                }
            moves += answers.map { (from: sink, move: $0) }
        }
        return steps
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
        let cut = store.replica.cut(of: scope)
        try headquarters.damage("DELETE FROM record WHERE key IN (SELECT key FROM record LIMIT 3 OFFSET 5)")
        let moves = try RepairDesk(headquarters.replica).begin(scope, at: cut)
        try store.sell("S001-99999", at: now)
        guard case .offer(let offer)? = moves.first else { throw Missing() }
        #expect(try RepairDesk(store.replica).answer(offer, at: cut) == [])
    }
}
