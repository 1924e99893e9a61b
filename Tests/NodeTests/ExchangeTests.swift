import CRDT
import Foundation
import Node
import Replica
import Retail
import Simulation
import Testing

@Suite struct ExchangeTests {
    private struct Stop: Error {}

    private let folder: TemporaryFolder
    private let replicas: [ReplicaDirectory]

    /// HQ and three stores that have sold for themselves, edited one customer at once, and written to one order of another.
    init() throws {
        folder = try TemporaryFolder()
        replicas = try (0..<4).map { [folder] in try ReplicaDirectory.test(folder["\($0)"], member: $0) }
        for (directory, member) in zip(replicas, UInt32(0)...) {
            for number in 0..<20 where member > 0 {
                try directory.replica.apply(at: 1) { try $0.sell("A\(number)", of: member) }
            }
            try directory.replica.apply(at: 2) {
                try $0.edit(customer: .of("C1"), [(RetailSchema.Customer.tier, "tier \(member)")], at: member)
                try $0.advance(order: .of("A1"), of: 1, to: member == 1 ? .paid : .done)
            }
            try directory.replica.commit()
        }
    }

    private func exchange(_ seed: UInt64, recordsAtOnce: Int = 20_000) -> Exchange<SeededRandom> {
        var exchange = Exchange(replicas, random: SeededRandom(seed: seed))
        exchange.recordsAtOnce = recordsAtOnce
        exchange.bytesPerPiece = 64
        return exchange
    }

    private func expectEqual() {
        for scope in Set(replicas.flatMap { $0.replica.heldScopes }) {
            let holders = replicas.filter { $0.wants(scope) }
            #expect(Set(holders.map { $0.replica.cut(of: scope) }).count == 1, "\(scope)")
            #expect(Set(holders.map { $0.replica.digest(of: scope) }).count == 1, "\(scope)")
            #expect(holders.first?.replica.digest(of: scope) != nil, "\(scope)")
        }
        #expect(replicas[0].replica.heldScopes.count == 7, "customers, and books and stock of three stores")
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>, [2, 20_000])
    func `all that want a scope come to hold the same, staged or in one piece`(_ seed: UInt64, _ recordsAtOnce: Int) throws {
        var exchange = exchange(seed, recordsAtOnce: recordsAtOnce)
        let done = try exchange.run(now: { 1_800_000_000_000 }, report: { _ in })
        expectEqual()
        #expect((done.stagedCuts > 0) == (recordsAtOnce == 2))
        #expect(try exchange.run(now: { 1_800_000_000_000 }, report: { _ in }).rounds == 0)
        let order = try replicas[0].replica.record(RetailSchema.order(.of("A1"), of: 1))
        #expect(
            OrderView(RetailSchema.order(.of("A1"), of: 1), order) { replicas[0].replica.run(of: $0, in: Scope(.books, of: 1)) }
                .statusName == "done")
    }

    @Test(arguments: 1...5) func `an exchange that was stopped goes on when it is run again`(_ pairs: Int) throws {
        var stopped = exchange(1, recordsAtOnce: 2)
        #expect(throws: Stop.self) {
            try stopped.run(now: { 1_800_000_000_000 }, report: { if $0.pairsMet == pairs { throw Stop() } })
        }
        var second = exchange(2, recordsAtOnce: 2)
        _ = try second.run(now: { 1_800_000_000_000 }, report: { _ in })
        expectEqual()
    }

    @Test func `a store takes in its own and what all share, and what it has written to`() throws {
        var exchange = exchange(1)
        _ = try exchange.run(now: { 1_800_000_000_000 }, report: { _ in })
        let held = replicas[2].replica.heldScopes
        #expect(held == [Scope(.customers), Scope(.books, of: 1), Scope(.books, of: 2), Scope(.stock, of: 2)].sorted())
    }
}
