import CRDT
import Replica
import Retail
import Simulation
import Testing

@Suite struct WorldTests {
    /// What was acknowledged, as whoever sold remembers it.
    private struct Book {
        var orders: [Int: Set<String>] = [:]

        mutating func sell(_ number: Int, at index: Int, in world: World) throws {
            let order = NewOrder(
                id: try #require(Identifier("S\(index)-\(10_000 + number)")), customer: nil, payment: "card", total: 500,
                placed: world.now, lines: [.init(sku: try #require(Identifier("P00010")), quantity: 2, unitPrice: 250)],
                points: 0)
            var isDurable = false
            world.perform(at: index, { try $0.place(order, at: $1) }) { written in
                if case .durable = written { isDurable = true }
            }
            if isDurable { orders[index, default: []].insert("\(order.id)") }
        }

        /// Every acknowledged order is at its store and at HQ, once, and its stock says so.
        func check(_ world: World) throws {
            let headquarters = try #require(world.nodes[0].replica)
            for (index, orders) in orders {
                let member = world.nodes[index].member
                for replica in [headquarters, try #require(world.nodes[index].replica)] {
                    let scope = Scope(.books, of: member)
                    let keys = try replica.keys(of: scope, collection: RetailSchema.order.number)
                    #expect(Set(keys.map { "\($0.id)" }) == orders)
                    let stock = try replica.record(RetailSchema.stock(of: try #require(Identifier("P00010")), at: member))
                    #expect(stock.counter(RetailSchema.Stock.sold).value == 2 * Int64(orders.count))
                    #expect(replica.digest(of: scope) == headquarters.digest(of: scope))
                }
            }
        }
    }

    private func world(_ seed: UInt64, stores: Int = 3) throws -> World { try World(.init(seed: seed, stores: stores)) }

    @Test func `sales reach HQ within moments, and a cut line keeps them until it is whole`() throws {
        let world = try world(1)
        var book = Book()
        try world.run(until: 2_000)
        for number in 0..<5 { try book.sell(number, at: 1 + number % 3, in: world) }
        try world.run(until: 3_000)
        try book.check(world)
        var cut = LineCondition()
        cut.isCut = true
        for (from, to) in [(0, 1), (1, 0)] { world.set(cut, from: from, to: to) }
        for number in 5..<9 { try book.sell(number, at: 1, in: world) }
        try world.run(until: 600_000)
        let scope = Scope(.books, of: 1)
        #expect(world.nodes[0].replica?.cut(of: scope) != world.nodes[1].replica?.cut(of: scope))
        #expect(world.endings["timed_out"] ?? 0 > 0, "\(world.endings)")
        for (from, to) in [(0, 1), (1, 0)] { world.set(LineCondition(), from: from, to: to) }
        try world.run(until: 700_000)
        try book.check(world)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `through cuts, torn lines, kills and failing power nothing acknowledged is lost`(_ seed: UInt64) throws {
        let world = try world(100 + seed)
        var random = SeededRandom(seed: seed)
        var book = Book()
        for number in 0..<120 {
            try world.run(until: world.now + Int64.random(in: 0...8_000, using: &random))
            try book.sell(number, at: Int.random(in: 1...3, using: &random), in: world)
            let index = Int.random(in: 0...3, using: &random)
            switch Int.random(in: 0..<12, using: &random) {
            case 0: world.tear(between: 0, index)
            case 1:
                var condition = LineCondition()
                condition.isCut = Bool.random(using: &random)
                condition.largestPart = Int.random(in: 1...300, using: &random)
                world.set(condition, from: 0, to: index)
            case 2:
                var condition = LineCondition()
                condition.isCut = Bool.random(using: &random)
                world.set(condition, from: index, to: 0)
            case 3: world.kill(index)
            case 4: world.losePower(index, keeping: Survival.allCases.randomElement(using: &random) ?? .nothing)
            case 5, 6, 7: try world.start(index)
            default: break
            }
        }
        for index in world.nodes.indices {
            try world.start(index)
            for (from, to) in [(0, index), (index, 0)] { world.set(LineCondition(), from: from, to: to) }
        }
        try world.run(until: world.now + 200_000)
        try book.check(world)
        #expect(book.orders.values.reduce(0) { $0 + $1.count } > 40)
    }

    /// Each wake-up that a session had asked for and moved asked for one more: a day of a few stores took minutes.
    @Test func `the tenth idle hour has no more steps than the second`() throws {
        let world = try world(3)
        var steps: [Int] = []
        for hour in 1...10 as ClosedRange<Int64> {
            let before = world.happeningCount
            try world.run(until: hour * 3_600_000)
            steps.append(world.happeningCount - before)
        }
        #expect(steps[9] <= steps[1] + steps[1] / 10, "\(steps)")
    }

    @Test func `the same seed gives the same run`() throws {
        func trace(_ seed: UInt64) throws -> [String] {
            let world = try world(seed)
            var book = Book()
            for number in 0..<30 {
                try world.run(until: world.now + 3_000)
                try book.sell(number, at: 1 + number % 3, in: world)
                if number == 10 { world.losePower(2, keeping: .sectors) }
                if number == 20 { try world.start(2) }
            }
            try world.run(until: 200_000)
            return world.nodes.map { node in
                "\(node.replica?.heldScopes.map { "\(String(describing: node.replica?.digest(of: $0)))" } ?? [])"
            } + ["\(world.endings.sorted { $0.key < $1.key })"]
        }
        #expect(try trace(7) == trace(7))
        #expect(try trace(7) != trace(8))
    }
}
