import CRDT
import Replica
import Retail
import Simulation
import Sync
import Testing

@Suite struct ReplicaTurnsTests {
    private let disk = SimulatedDisk()
    private let scope = Scope(.books, of: 1)

    private func turns() throws -> ReplicaTurns {
        let parameters = OpeningParameters(
            schema: RetailSchema.schema, digestKey: [UInt8](repeating: 1, count: 16), run: Hash128(high: 1, low: 2),
            vfs: disk.vfsName, cacheKiB: 64)
        let identity = Identity(chain: Hash128(high: 1, low: 1), member: 1, incarnation: 5)
        let replica = try Replica.create(at: "replica.db", identity: identity, epoch: 0, parameters)
        return ReplicaTurns(
            replica, for: ReplicaTurns.Host { 1_740_000_000_000 }, logFrameBound: 1000, decidesRights: true,
            random: SeededRandom(seed: 1))
    }

    private func sale(
        _ number: UInt64, settle: @escaping ((any Error)?) -> Void = { _ in }
    ) -> ReplicaTurns.Request {
        let order = NewOrder(
            id: Identifier(number: number, digits: 6), customer: nil, payment: "cash", total: 100, placed: 0,
            lines: [.init(sku: Identifier(number: 7, digits: 5), quantity: 1, unitPrice: 100)], points: 0)
        return .init(.transaction(at: 1_740_000_000_000, { try $0.place(order, at: 1) }), settle: settle)
    }

    private func standing(_ turns: inout ReplicaTurns) -> SessionAnswer? {
        let work = SessionWork(
            key: SessionKey(number: 1), request: .standing(.everything), peer: 0, milliseconds: 1_740_000_000_000)
        return turns.serve([.init(.session(work))]).replies.first?.answer
    }

    /// What had been taken back was told to others as held: whoever heard that did not send it again, and took it for durable.
    @Test func `a replica whose disk has failed it tells nobody what it holds before it has looked`() throws {
        var refusals = 0
        for passes in 0..<40 {
            let test = ReplicaTurnsTests()
            var turns = try test.turns()
            _ = turns.serve([test.sale(1)])
            let durable = turns.replica.cut(of: test.scope)
            test.disk.arm(DiskFault(.errorsFromThenOn, after: passes))
            var failure: (any Error)?
            _ = turns.serve([test.sale(2) { failure = $0 }])
            guard failure != nil else { continue }
            switch test.standing(&turns) {
            case .standing(let standings): #expect(standings[test.scope]?.cut == durable, "after \(passes)")
            case .failed: refusals += 1
            default: Issue.record("no answer after \(passes)")
            }
            test.disk.disarm()
            guard case .standing(let standings) = test.standing(&turns) else {
                Issue.record("no standing after \(passes)")
                continue
            }
            #expect(standings[test.scope]?.cut == durable, "after \(passes)")
        }
        #expect(refusals > 3)
    }

    /// The first sale after a disk had failed a group of them was refused, though nothing was wrong any more.
    @Test func `what a disk took back is told to whoever wanted it, and to nobody who comes later`() throws {
        var losses = 0
        for passes in 0..<40 {
            let test = ReplicaTurnsTests()
            var turns = try test.turns()
            test.disk.arm(DiskFault(.errorsFromThenOn, after: passes))
            var settled: [UInt64: Bool] = [:]
            _ = turns.serve((1...3).map { number in test.sale(number) { settled[number] = $0 == nil } })
            if Set(settled.values) == [false] { losses += 1 }
            #expect(settled.count == 3 && Set(settled.values).count == 1, "after \(passes): \(settled)")
            test.disk.disarm()
            _ = turns.serve([test.sale(4) { settled[4] = $0 == nil }])
            #expect(settled[4] == true, "after \(passes)")
            let sequences = turns.replica.vector(of: test.scope).entries.map(\.sequence)
            #expect(sequences == [settled[1] == true ? 4 : 1], "after \(passes)")
        }
        #expect(losses > 3)
    }

    @Test func `what waits together is one commit, and a refusal costs its own caller only`() throws {
        var host = ReplicaTurns.Host { 1_740_000_000_000 }
        var groups: [Int] = []
        host.stored = { groups.append($0) }
        let template = try turns()
        var turns = ReplicaTurns(
            template.replica, for: host, logFrameBound: 1000, decidesRights: false, random: SeededRandom(seed: 1))
        var settled: [Int: Bool] = [:]
        struct Refusal: Error {}
        let refused = ReplicaTurns.Request(.transaction(at: 1_740_000_000_000, { _ in throw Refusal() })) {
            settled[2] = $0 == nil
        }
        let outcome = turns.serve([sale(1) { settled[1] = $0 == nil }, refused, sale(3) { settled[3] = $0 == nil }])
        #expect(groups == [2])
        #expect(settled == [1: true, 2: false, 3: true])
        #expect(outcome.changed.contains(scope))
        #expect(turns.replica.vector(of: scope).entries.map(\.sequence) == [2])
    }
}
