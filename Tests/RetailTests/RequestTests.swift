import CRDT
import Replica
import Retail
import Testing

/// What is asked for under a key is done once, wherever it is asked again.
@Suite struct RequestTests {
    private let shop: TestShop

    init() throws { shop = try TestShop() }

    private func sell(_ quantity: Int64, under key: String, at till: TestMember) throws -> DeskValue {
        let operation = try ShopOperation.named("order", "sell")
        let counter = try ShopCounter(till.replica, now: till.now, date: 20_260_302)
        let lines: DeskValue = .list([["sku": "TEA", "quantity": .integer(quantity)]])
        return try till.perform { try operation.change($0, at: counter, ["lines": lines], under: key) }
    }

    private func code(_ till: TestMember, _ body: () throws -> DeskValue) throws -> String? {
        let before = till.vectors
        do {
            _ = try body()
            return nil
        } catch let refusal as any Refusal {
            return till.vectors == before ? refusal.problem.code : nil
        }
    }

    @Test func `a retry at another till waits for word, and then gives the first answer`() throws {
        let tills = [try shop.till(1, of: 1), try shop.till(2, of: 1)]
        let first = try sell(2, under: "1.a7c9d2e4", at: tills[0])
        #expect(first["number"] == "1-26-000001" && first["total"] == 700)
        #expect(try sell(2, under: "1.a7c9d2e4", at: tills[0]) == first)
        #expect(try code(tills[1]) { try sell(2, under: "1.a7c9d2e4", at: tills[1]) } == "pending-elsewhere")
        try tills[1].take(from: tills[0])
        #expect(try sell(2, under: "1.a7c9d2e4", at: tills[1]) == first)
        #expect(try code(tills[1]) { try sell(3, under: "1.a7c9d2e4", at: tills[1]) } == "key-reused")
        #expect(try tills[1].stock("TEA").sold == 2)
    }

    @Test func `two islands that did something under one key show it to a person`() throws {
        let tills = [try shop.till(1, of: 1), try shop.till(2, of: 1)]
        for till in tills { _ = try sell(1, under: "nobody's key", at: till) }
        for _ in 0..<2 {
            try tills[0].take(from: tills[1])
            try tills[1].take(from: tills[0])
        }
        for till in tills {
            let entries = try till.replica.inbox(about: RetailSchema.request(identifier("nobody's key"), of: 1))
            #expect(entries.map(\.kind) == [.valuesDiffer])
            #expect(try till.stock("TEA").sold == 2, "both stand")
            #expect(try sell(1, under: "nobody's key", at: till) == sell(1, under: "nobody's key", at: tills[0]))
        }
    }

    @Test func `an answer of several levels is given again as it was`() throws {
        let till = try shop.till(1, of: 1)
        let counter = try ShopCounter(till.replica, now: till.now, date: 20_260_302)
        func does(_ verb: String, _ value: DeskValue, under key: String) throws -> DeskValue {
            let operation = try ShopOperation.named("day", verb)
            return try till.perform { try operation.change($0, at: counter, value, under: key) }
        }
        _ = try does("open", ["float": 100], under: "day-1-open")
        _ = try sell(2, under: "day-1-sale", at: till)
        let closed = try does("close", ["counted": 700], under: "day-1-close")
        guard case .list(let reports)? = closed["reports"] else { throw NoIdentifier() }
        #expect(reports[0]["figures"]?["cash difference"] == -100)
        #expect(try does("close", ["counted": 700], under: "day-1-close") == closed)
        #expect(try till.replica.days(of: 1).count == 1)
    }
}
