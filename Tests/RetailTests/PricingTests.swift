import CRDT
import Replica
import Retail
import Testing

@Suite struct PricingTests {
    private let minute: Int64 = 60_000

    private func price(_ member: TestMember, _ sku: String = "TEA", store: UInt32 = 1, tier: String? = nil, at time: Int64 = 0)
        throws -> Int64?
    {
        let buyer = Buyer(store: store, tier: try tier.map(identifier))
        return try member.replica.price(of: try identifier(sku), for: buyer, at: time)?.amount
    }

    @Test func `a change of price holds from its minute on, wherever it is known and whatever the clocks say`() throws {
        let shop = try TestShop()
        let store = try shop.store(1)
        let tea = try identifier("TEA")
        try shop.headquarters.perform {
            try $0.setPrice(of: tea, to: 390, fromMinute: 1000, in: .chain)
            try $0.setPrice(of: tea, to: 290, fromMinute: 2000, in: .chain)
        }
        #expect(try price(store, at: 1500 * minute) == 350, "it has not heard of it")
        try store.take(from: shop.headquarters)
        let times = [0, 1000 * minute - 1, 1000 * minute, 2000 * minute - 1, 2000 * minute]
        #expect(try times.map { try price(store, at: $0) } == [350, 350, 390, 390, 290])
        try shop.headquarters.perform {
            try $0.removePrice(of: tea, try #require(PricePoint(list: 0, minute: 1000)), in: .chain)
        }
        try store.take(from: shop.headquarters)
        #expect(try price(store, at: 1500 * minute) == 350)
    }

    @Test func `the list of the customer's tier goes before the store's, and that before the retail list`() throws {
        let shop = try TestShop()
        let tea = try identifier("TEA")
        try shop.headquarters.perform { transaction in
            for (number, name) in [(1, "wholesale"), (2, "gold"), (3, "airport")] as [(UInt16, String)] {
                try transaction.edit(priceList: number, [("name", .text(name))])
            }
            try transaction.edit(priceList: 2, [("base", .integer(0)), ("discount", .integer(1000))])
            try transaction.setPrice(of: tea, to: 200, on: 1, in: .chain)
            try transaction.setPrice(of: tea, to: 500, on: 3, in: .chain)
            try transaction.setList(2, for: .identifier(try identifier("gold")), in: RetailSchema.Settings.listsByTier)
            try transaction.setList(1, for: .identifier(try identifier("trade")), in: RetailSchema.Settings.listsByTier)
            try transaction.setList(3, for: .index(7), in: RetailSchema.Settings.listsByStore)
        }
        let headquarters = shop.headquarters
        #expect(try price(headquarters) == 350)
        #expect(try price(headquarters, tier: "gold") == 315, "a tenth off the retail list")
        #expect(try price(headquarters, "APPLE", tier: "gold") == 269, "269.1 is rounded")
        #expect(try price(headquarters, tier: "trade") == 200)
        #expect(try price(headquarters, "APPLE", tier: "trade") == 299, "the list has none, the next one does")
        #expect(try price(headquarters, store: 7) == 500)
        #expect(try price(headquarters, store: 7, tier: "trade") == 200)
        #expect(try price(headquarters, tier: "unheard") == 350)
        try headquarters.perform { try $0.setPrice(of: tea, to: nil, on: 3, fromMinute: 5, in: .chain) }
        #expect(
            try [price(headquarters, store: 7, at: 0), price(headquarters, store: 7, at: 5 * minute)] == [500, 350],
            "the list ended")
    }

    @Test func `a list is never based on itself, and two that were made so apart end somewhere`() throws {
        let shop = try TestShop()
        let (one, other) = (shop.headquarters, try TestMember(9))
        try one.perform { transaction in
            for list in 1...3 as ClosedRange<UInt16> { try transaction.edit(priceList: list, [("name", .text("list"))]) }
        }
        try other.take(from: one)
        #expect(try one.refusal { try $0.edit(priceList: 1, [("base", .integer(1))]) }?.code == "list-loop")
        #expect(try one.refusal { try $0.edit(priceList: 1, [("base", .integer(9))]) }?.code == "unknown-list")
        try one.perform { try $0.edit(priceList: 1, [("base", .integer(2))]) }
        try other.perform { try $0.edit(priceList: 2, [("base", .integer(1))]) }
        try one.take(from: other)
        try one.perform { try $0.setList(1, for: .index(1), in: RetailSchema.Settings.listsByStore) }
        #expect(try price(one) == 350)
    }

    @Test func `a tax rate holds from its time on`() throws {
        let shop = try TestShop()
        let food = try identifier("food")
        try shop.headquarters.perform { try $0.setTax(food, rate: 500, from: 1000) }
        let replica = shop.headquarters.replica
        #expect(try [0, 999, 1000].map { try replica.taxRate(of: food, at: $0) } == [700, 700, 500])
        #expect(try replica.taxRate(of: nil, at: 0) == 0)
        #expect(try shop.headquarters.refusal { try $0.setTax(food, rate: 10_001) }?.code == "out-of-range")
        #expect(try shop.headquarters.refusal { try $0.setTax(food, rate: 1, from: -1) }?.code == "out-of-range")
    }

    @Test func `a price is refused for what is not there, and out of its bounds`() throws {
        let shop = try TestShop().headquarters
        let tea = try identifier("TEA")
        #expect(try shop.refusal { try $0.setPrice(of: try identifier("NONE"), to: 1, in: .chain) }?.code == "unknown-article")
        #expect(try shop.refusal { try $0.setPrice(of: tea, to: -1, in: .chain) }?.field == "amount")
        #expect(try shop.refusal { try $0.setPrice(of: tea, to: .max, in: .chain) }?.field == "amount")
        #expect(try shop.refusal { try $0.setPrice(of: tea, to: 1, on: 8, in: .chain) }?.code == "unknown-list")
        #expect(try shop.refusal { try $0.setPrice(of: tea, to: 1, fromMinute: -1, in: .chain) }?.field == "from")
        #expect(try shop.refusal { try $0.setPrice(of: tea, to: 1, fromMinute: .max, in: .chain) }?.field == "from")
    }

    @Test(
        arguments: [
            (100, 1, 3, 33), (200, 1, 3, 67), (5, 1, 2, 3), (-5, 1, 2, -3), (299, 1250, 1000, 374), (0, 7, 9, 0),
            (1 << 46, 1 << 30, 1 << 30, 1 << 46), (.max, .max, .max, .max), (.max, 2, 1, .max), (.min, 2, 1, -.max),
        ] as [(Int64, Int64, Int64, Int64)])
    func `a part of an amount is rounded half away from zero, and stays at its bound`(
        _ amount: Int64, _ part: Int64, _ whole: Int64, _ share: Int64
    ) {
        #expect(
            Money.share(of: amount, part, in: whole) == share
                || share == -.max && Money.share(of: amount, part, in: whole) == .min)
    }

    @Test func `tax is worked out of an amount, or on it`() {
        #expect(Money.tax(11_900, rate: 1900, isIncluded: true) == 1900)
        #expect(Money.tax(10_000, rate: 1900, isIncluded: false) == 1900)
        #expect(Money.tax(100, rate: 0, isIncluded: true) == 0)
        #expect(Money.tax(-11_900, rate: 1900, isIncluded: true) == -1900)
    }
}
