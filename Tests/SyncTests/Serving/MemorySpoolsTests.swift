import CRDT
import Replica
import Retail
import Sync
import Testing

@Suite struct MemorySpoolsTests {
    private static let scope = Scope(.customers)

    /// There was room for one of each scope: whoever was being sent another one was left alone with a part of it.
    @Test func `members that lack different parts of one scope, or the same, are served side by side`() throws {
        let end = try SessionEnd(0)
        try Self.write(1...20, end.replica)
        var spools = MemorySpools(end.replica)
        spools.cellTarget = 4
        let half = end.replica.cut(of: Self.scope)
        try Self.write(21...40, end.replica)
        let whole = try #require(try Self.spool(Cut(), for: 1, &spools))
        let rest = try #require(try Self.spool(half, for: 2, &spools))
        let same = try #require(try Self.spool(Cut(), for: 3, &spools))
        #expect(same == whole && rest != whole && whole.pieces.count > 2)
        #expect(try Self.isThere(whole, for: 1, &spools) && Self.isThere(rest, for: 2, &spools))

        // One has got it, and the other has not yet.
        _ = try spools.serve(.forget(whole.id), from: 1)
        #expect(try Self.isThere(whole, for: 3, &spools))
        // Whoever breaks off and asks for another needs the first no more.
        let later = try #require(try Self.spool(half, for: 3, &spools))
        #expect(later == rest)
        #expect(try !Self.isThere(whole, for: 3, &spools) && Self.isThere(rest, for: 2, &spools))
        _ = try spools.serve(.forget(rest.id), from: 2)
        _ = try spools.serve(.forget(rest.id), from: 3)
        #expect(try !Self.isThere(rest, for: 3, &spools))
    }

    private static func write(_ numbers: ClosedRange<UInt64>, _ replica: Replica) throws {
        try replica.perform(at: 1000) { transaction in
            for number in numbers {
                let key = RetailSchema.customer(Identifier(number: number, digits: 6))
                try transaction.set(RetailSchema.Customer.tier, of: key, to: .text("gold"))
            }
        }
    }

    private static func spool(_ base: Cut, for peer: UInt32, _ spools: inout MemorySpools) throws -> Spool? {
        guard case .spooled(_, let spool) = try spools.serve(.spool(scope, base), from: peer) else { return nil }
        return spool
    }

    /// Whether its last piece can be had.
    private static func isThere(_ spool: Spool, for peer: UInt32, _ spools: inout MemorySpools) throws -> Bool {
        guard case .piece = try spools.serve(.piece(spool.id, spool.pieces.count - 1), from: peer) else { return false }
        return true
    }
}
