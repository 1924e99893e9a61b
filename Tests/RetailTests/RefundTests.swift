import CRDT
import Replica
import Retail
import Sync
import Testing

/// Money back: by right, which is at one place only, or out of goodwill, which is bounded.
@Suite struct RefundTests {
    private func refund(
        _ order: Identifier, _ sku: String = "TEA", quantity: Int64 = 1, amount: Int64? = nil,
        goods: ReturnedLine.Goods = .toStock, goodwill: Bool = false, tender: String = "cash"
    ) throws -> Refund {
        Refund(
            order: order, store: 1, lines: [.init(sku: try identifier(sku), quantity: quantity, amount: amount, goods: goods)],
            tender: tender, placed: TestShop.noon, year: 2026, allowsGoodwill: goodwill)
    }

    private func code(_ member: TestMember, _ refund: Refund, till: Till? = nil) throws -> String? {
        try member.refusal { _ = try $0.refund(refund, at: till ?? Till(member.number)) }?.code
    }

    /// Two tills of store 1 that have met, and what the first one sold: three teas for 10.00.
    private func tills() throws -> (one: TestMember, other: TestMember, number: Identifier) {
        let shop = try TestShop()
        let (one, other) = (try shop.store(17), try shop.store(18))
        var line = try SaleLine.of("TEA", 3)
        line.discount = 50
        let number = try one.sell(.of(line), at: Till(member: 17, store: 1))
        try other.take(from: one)
        return (one, other, number)
    }

    @Test func `what was sold is taken back where it was sold, and no more of it`() throws {
        let (one, _, number) = try tills()
        let till = Till(member: 17, store: 1)
        let back = try one.perform { try $0.refund(refund(number, quantity: 2), at: till) }
        let view = try one.view(back)
        #expect(
            view.kind == .refund && view.statusName == "done" && "\(back)" == "H-26-000002", "a document of the same series")
        #expect(view.total == -667 && view.paid == -667 && view.returned.first?.basis == .right)
        #expect(try one.stock("TEA").onHand == -1 && one.stock("TEA").returned == 2)
        #expect(try code(one, refund(number, quantity: 2), till: till) == "refund-above-sale")
        _ = try one.perform { try $0.refund(refund(number, goods: .scrapped), at: till) }
        #expect(try one.stock("TEA").returned == 2, "what is scrapped does not come back on the shelf")
        #expect(try code(one, refund(number), till: till) == "refund-above-sale")
        let given = try [2, 3].map { try one.view(identifier("H-26-00000\($0)")).paid }.reduce(0, +)
        #expect(given == -1000, "all parts come to what was paid, to the cent")
    }

    @Test func `a bad refund is refused with the field that is wrong`() throws {
        let (one, _, number) = try tills()
        let till = Till(member: 17, store: 1)
        #expect(try code(one, refund(number, "SHIRT-M"), till: till) == "not-sold")
        #expect(try code(one, refund(number, quantity: 0), till: till) == "out-of-range")
        #expect(try code(one, refund(number, quantity: .max), till: till) == "out-of-range")
        #expect(try code(one, refund(number, amount: 334), till: till) == "refund-above-sale")
        #expect(try code(one, refund(number, amount: -1), till: till) == "out-of-range")
        #expect(try code(one, refund(number, tender: "account"), till: till) == "no-customer")
        let back = try one.perform { try $0.refund(refund(number), at: till) }
        #expect(try code(one, refund(back), till: till) == "wrong-kind", "a refund is not refunded")
        var empty = try refund(number)
        empty.lines = []
        #expect(try code(one, empty, till: till) == "line-count")
        #expect(try code(one, refund(identifier("1-26-000999")), till: till) == "amount-unknown")
        #expect(try code(one, refund(identifier("1-26-000999"), amount: 350), till: till) == "no-return-right")
    }

    @Test func `the right moves to another till by request and grant, and is then there and nowhere else`() throws {
        let (one, other, number) = try tills()
        let (first, second) = (Till(member: 17, store: 1), Till(member: 18, store: 1))
        #expect(try code(other, refund(number, quantity: 2), till: second) == "no-return-right")
        #expect(try other.perform { try $0.requestReturn(of: 2, identifier("TEA"), with: number, of: 1) })
        #expect(
            try !other.perform { try $0.requestReturn(of: 2, identifier("TEA"), with: number, of: 1) }, "it was asked already")
        try one.take(from: other)
        try one.decide()
        try one.decide()
        try other.take(from: one)
        _ = try other.perform { try $0.refund(refund(number, quantity: 2), at: second) }
        #expect(try code(one, refund(number, quantity: 2), till: first) == "no-return-right", "it has one left")
        _ = try one.perform { try $0.refund(refund(number), at: first) }
        try one.take(from: other)
        let record = try one.replica.record(try #require(RetailSchema.returnRight(number, identifier("TEA"), of: 1)))
        #expect(record.escrow(RetailSchema.ReturnRight.rights).inUse == 3)
        #expect(try one.stock("TEA").onHand == 0)
    }

    /// The same receipt is returned at two stores that cannot talk.
    @Test func `of two cut-off refunds of one receipt at most one is by right, and the other one shows`() throws {
        let shop = try TestShop()
        let (seller, far) = (try shop.store(1), try shop.store(2))
        let number = try seller.sell(.of(.of("TEA", 1)))
        try shop.giveGoodwill(500, to: far, of: 2)
        #expect(try code(far, refund(number, amount: 350)) == "no-return-right", "nobody spends goodwill unasked")
        let there = try far.perform { try $0.refund(refund(number, amount: 350, goodwill: true), at: Till(2)) }
        let here = try seller.perform { try $0.refund(refund(number), at: Till(1)) }
        #expect(try code(far, refund(number, amount: 350, goodwill: true)) == "no-goodwill", "150 are left of 500")
        for (one, other) in [(seller, far), (far, seller), (shop.headquarters, far)] { try one.take(from: other) }
        for member in [seller, far, shop.headquarters] {
            let record = try member.replica.record(try #require(RetailSchema.returnRight(number, identifier("TEA"), of: 1)))
            #expect(record.escrow(RetailSchema.ReturnRight.rights).inUse == 1)
            #expect(record.counter(RetailSchema.ReturnRight.goodwill).value == 1, "2 were taken back of 1 that was sold")
            #expect(try member.view(here).returned.first?.basis == .right)
            #expect(try member.view(there, of: 2).returned.first?.basis == .goodwill)
            #expect(
                try [member.stock("TEA").returned, member.stock("TEA", at: 2).returned] == [1, 1], "each has it on its shelf")
        }
        #expect(try code(seller, refund(number, goodwill: true)) == "refund-above-sale", "now it is known")
    }

    @Test func `a machine that follows another takes back by goodwill what the old one sold`() throws {
        let shop = try TestShop()
        let first = try shop.store(1)
        let number = try first.sell(.of(.of("TEA", 2)))
        let second = try shop.store(1, machine: 1)
        try second.take(from: first)
        #expect(try code(second, refund(number)) == "no-return-right", "the old one may have taken it back, and nobody heard")
        try shop.giveGoodwill(1000, to: second, of: 1)
        _ = try second.perform { try $0.refund(refund(number, goodwill: true), at: Till(1)) }
        #expect(
            try code(second, refund(number, quantity: 2, goodwill: true)) == "refund-above-sale", "what it has heard of counts")
    }

    @Test func `what is handed over later can be taken back, too`() throws {
        let store = try TestShop().store(1)
        let number = try store.perform {
            try $0.place(OrderDraft(.pickup, lines: [.of("TEA", 4)], placed: TestShop.noon, year: 2026), at: Till(1))
        }
        let line = try store.view(number).ordered[0].id
        #expect(try code(store, refund(number)) == "not-sold")
        try store.perform { try $0.handOver(number, of: 1, [.init(line: line, quantity: 1)], arrives: true) }
        _ = try store.perform { try $0.refund(refund(number), at: Till(1)) }
        #expect(try code(store, refund(number)) == "refund-above-sale")
        try store.perform { try $0.handOver(number, of: 1, arrives: true) }
        _ = try store.perform { try $0.refund(refund(number, quantity: 3), at: Till(1)) }
        #expect(try store.stock("TEA").onHand == 0)
    }
}
