import CRDT
import Replica
import Retail
import Simulation
import Sync
import Testing

@Suite struct PushSizeTests {
    @Test func `a sale of four lines by a known customer takes at most fifty bytes in steady state`() throws {
        let disk = SimulatedDisk()
        let store = try withExtendedLifetime(disk) {
            try Replica.create(
                at: "store.db", identity: Identity(chain: TestChain.chain, member: 1, incarnation: 7), epoch: 0,
                OpeningParameters(
                    schema: RetailSchema.schema, digestKey: [UInt8](repeating: 7, count: 16),
                    run: Hash128(high: 5, low: 6), vfs: disk.vfsName))
        }
        var stream = try PushStream()
        var sizes: [Int] = []
        var number: UInt64 = 0
        try LogGenerator(size: .medium, seed: 3).forEachEvent { event in
            guard case .order(let order) = event.kind, sizes.count < 220, order.lines.count == 4, order.points ?? 0 > 0
            else { return }
            number += 1
            var sale = NewOrder(order, placed: event.timeMilliseconds)
            sale.id = PushShop.id("T", number)
            try store.perform(at: sale.placed) { try $0.place(sale, at: 1) }
            let deltas = try stream.news(of: store)
            guard deltas.reduce(0, { $0 + $1.records.count }) == 6 else { return }
            sizes.append(try stream.carry(deltas).count)
        }
        let steady = sizes.suffix(200)
        #expect(steady.count == 200)
        // The aim for a live sale is 120; the codec is held to what it reaches.
        #expect(steady.reduce(0, +) <= 50 * 200, "\(steady.reduce(0, +)) bytes")
        #expect(steady.allSatisfy { $0 <= 120 })
    }
}
