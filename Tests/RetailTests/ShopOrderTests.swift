import CRDT
import Replica
import Retail
import Testing

/// Sales over the counter, and orders from being taken to being handed over.
@Suite struct ShopOrderTests {
    private let till = Till(1)

    private func order(
        _ store: TestMember, _ kind: OrderKind = .pickup, _ lines: SaleLine..., details: OrderDetails = OrderDetails()
    ) throws -> Identifier {
        try store.perform {
            try $0.place(
                OrderDraft(
                    kind, lines: lines, customer: try identifier("C1"), placed: TestShop.noon, year: 2026, details: details),
                at: till)
        }
    }

    /// Two replicas of store 1 that know the same: its own, and HQ's.
    private func pair(_ lines: SaleLine...) throws -> (store: TestMember, headquarters: TestMember, number: Identifier) {
        let shop = try TestShop()
        let store = try shop.store(1)
        let number = try store.perform {
            try $0.place(OrderDraft(.delivery, lines: lines, placed: TestShop.noon, year: 2026), at: till)
        }
        try shop.headquarters.take(from: store)
        return (store, shop.headquarters, number)
    }

    private func meet(_ one: TestMember, _ other: TestMember) throws {
        try one.take(from: other)
        try other.take(from: one)
    }

    @Test func `a sale reads as it was made`() throws {
        let store = try TestShop().store(1)
        var apples = try SaleLine.of("APPLE", 1250, at: 299)
        (apples.per, apples.discount, apples.taxRate, apples.note) = (1000, 24, 700, "in a bag")
        let sale = Sale(
            lines: [try .of("TEA", 2), apples],
            payments: [Payment(tender: "cash", amount: 1000), Payment(tender: "card", amount: 50, reference: "slip 8")],
            customer: try identifier("C1"), cashier: try identifier("ann"), placed: TestShop.noon, year: 2026, points: 3)
        let view = try store.view(try store.sell(sale))
        #expect(view.kind == .sale && view.statusName == "done" && view.issues == 1)
        #expect(view.lines == sale.lines && view.payments == sale.payments)
        #expect(view.total == 1050 && view.paid == 1050 && view.payment == "several")
        #expect(view.customer == sale.customer && view.cashier == sale.cashier && view.placed == TestShop.noon)
        #expect(view.points == 3)
        #expect(try [store.stock("TEA").sold, store.stock("APPLE").sold] == [2, 1250])
    }

    @Test func `a bad sale is refused with the field that is wrong`() throws {
        let store = try TestShop().store(1)
        func refusal(_ change: (inout Sale) -> Void) throws -> [String?] {
            var sale = try Sale.of(.of("TEA", 2), .of("SHIRT-M", at: 2000))
            change(&sale)
            let problem = try store.refusal { _ = try $0.sell(sale, at: till) }
            return [problem?.code, problem?.field]
        }
        #expect(try refusal { $0.lines[1].quantity = 0 } == ["out-of-range", "lines[1].quantity"])
        #expect(try refusal { $0.lines[1].quantity = -1 } == ["out-of-range", "lines[1].quantity"])
        #expect(try refusal { $0.lines[1].quantity = .max } == ["out-of-range", "lines[1].quantity"])
        #expect(try refusal { $0.lines[0].unitPrice = -1 } == ["out-of-range", "lines[0].unit_price"])
        #expect(try refusal { $0.lines[0].unitPrice = .max } == ["out-of-range", "lines[0].unit_price"])
        #expect(try refusal { $0.lines[0].discount = 701 } == ["discount-above-price", "lines[0].discount"])
        #expect(try refusal { $0.lines[0].discount = -1 } == ["discount-above-price", "lines[0].discount"])
        #expect(try refusal { $0.lines[0].taxRate = 10_001 } == ["out-of-range", "lines[0].tax_rate"])
        #expect(try refusal { $0.lines[0].note = "\u{1B}[2J" } == ["unprintable", "lines[0].note"])
        #expect(try refusal { $0.lines[0].note = String(repeating: "x", count: 201) } == ["too-long", "lines[0].note"])
        #expect(try refusal { $0.lines = [] } == ["line-count", "lines"])
        #expect(try refusal { $0.lines = Array(repeating: $0.lines[0], count: 401) } == ["line-count", "lines"])
        #expect(try refusal { $0.payments[0].amount -= 1 } == ["payments-differ", "payments"])
        #expect(try refusal { $0.payments[0].amount = 0 } == ["out-of-range", "payments[0].amount"])
        #expect(try refusal { $0.payments[0].tender = "" } == ["malformed-tender", "payments[0].tender"])
        #expect(try refusal { $0.payments[0].tender = "account" } == ["no-customer", "customer"])
        #expect(try refusal { $0.payments[0].reference = "\n" } == ["malformed-reference", "payments[0].reference"])
        #expect(try refusal { $0.payments = Array(repeating: $0.payments[0], count: 21) } == ["payment-count", "payments"])
        #expect(try refusal { $0.placed = -1 } == ["out-of-range", "placed"])
        #expect(
            try refusal {
                for index in 0...1 { ($0.lines[index].quantity, $0.lines[index].unitPrice) = (1_000_000, 1_000_000_000) }
            } == ["total-too-large", "lines"])
        #expect(try store.stock("TEA").sold == 0)
    }

    @Test func `an order leaves the shelf when it is handed over, part by part`() throws {
        let store = try TestShop().store(1)
        let number = try order(
            store, .delivery, .of("TEA", 5), .of("SHIRT-M", 1, at: 2000), details: .init(due: 5, phone: "123"))
        var view = try store.view(number)
        #expect(view.statusName == "new" && view.total == 3750 && view.paid == 0 && view.due == 5 && view.phone == "123")
        #expect(try store.stock("TEA").sold == 0)
        let tea = view.ordered[0].id
        try store.perform { transaction in
            try transaction.advance(number, of: 1, to: .confirmed)
            try transaction.handOver(number, of: 1, [.init(line: tea, quantity: 2)], arrives: false)
        }
        view = try store.view(number)
        #expect(view.statusName == "confirmed" && view.ordered.map(\.open) == [3, 1] && view.total == 3750)
        #expect(try store.stock("TEA").sold == 2)
        try store.perform { try $0.handOver(number, of: 1, arrives: false) }
        #expect(try store.view(number).statusName == "shipped")
        #expect(try [store.stock("TEA").sold, store.stock("SHIRT-M").sold] == [5, 1])
        try store.perform { try $0.advance(number, of: 1, to: .done) }
        #expect(try store.view(number).statusName == "done")
        #expect(try store.refusal { try $0.handOver(number, of: 1, arrives: true) }?.code == "not-open")
    }

    @Test func `a line's discount goes with its parts, to the last cent`() throws {
        let store = try TestShop().store(1)
        var line = try SaleLine.of("TEA", 3, at: 350)
        line.discount = 100
        let number = try order(store, .pickup, line)
        let id = try store.view(number).ordered[0].id
        for _ in 1...3 { try store.perform { try $0.handOver(number, of: 1, [.init(line: id, quantity: 1)], arrives: true) } }
        #expect(try store.view(number).lines.map(\.discount).reduce(0, +) == 100)
        #expect(try store.view(number).total == 950)
    }

    @Test func `what does not follow is refused`() throws {
        let store = try TestShop().store(1)
        let number = try order(store, .pickup, .of("TEA", 2))
        let line = try store.view(number).ordered[0].id
        func code(_ body: (Transaction) throws -> Void) throws -> String? { try store.refusal(body)?.code }
        #expect(try code { try $0.advance(number, of: 1, to: .done) } == "status-does-not-follow", "nothing has left")
        #expect(
            try code { try $0.advance(number, of: 1, to: .shipped) } == "status-does-not-follow", "that is done by handing over"
        )
        #expect(try code { try $0.advance(number, of: 1, to: .audited) } == "status-does-not-follow")
        #expect(try code { try $0.settleRecalled(number, of: 1, as: .upheld) } == "status-does-not-follow")
        #expect(try code { try $0.handOver(number, of: 1, [.init(line: line, quantity: 3)], arrives: true) } == "too-much")
        #expect(try code { try $0.handOver(number, of: 1, [.init(line: line, quantity: 0)], arrives: true) } == "out-of-range")
        #expect(
            try code { try $0.handOver(number, of: 1, [.init(line: "9.9.9", quantity: 1)], arrives: true) } == "unknown-line")
        let twice = [Transaction.HandOver(line: line, quantity: 2), .init(line: line, quantity: 1)]
        #expect(try code { try $0.handOver(number, of: 1, twice, arrives: true) } == "too-much")
        try store.perform { try $0.advance(number, of: 1, to: .ready) }
        #expect(try code { try $0.advance(number, of: 1, to: .picking) } == "status-does-not-follow", "never back")
        try store.perform { try $0.handOver(number, of: 1, [.init(line: line, quantity: 1)], arrives: true) }
        #expect(try code { try $0.cancel(number, of: 1) } == "not-open", "part of it has left")
        #expect(try code { try $0.change(line: line, of: number, of: 1) { $0.quantity = 0 } } == "too-little")
        try store.perform { try $0.change(line: line, of: number, of: 1) { $0.quantity = 1 } }
        #expect(try code { try $0.handOver(number, of: 1, arrives: true) } == "nothing-left")
        try store.perform { try $0.advance(number, of: 1, to: .done) }
        #expect(try code { try $0.add([try .of("TEA")], to: number, of: 1) } == "not-open")
        #expect(try code { try $0.cancel(try identifier("1-26-000099"), of: 1) } == "unknown-order")
        let sale = try store.sell(.of(.of("TEA")))
        #expect(try code { try $0.cancel(sale, of: 1) } == "not-open")
        #expect(try code { try $0.pay([Payment(tender: "cash", amount: 1)], for: sale, of: 1) } == "wrong-kind")
    }

    @Test func `a sale waits at a till and is recalled at another one, and has to be paid when it goes`() throws {
        let shop = try TestShop()
        let (one, other) = (try shop.store(17), try shop.store(18))
        let number = try one.perform {
            try $0.place(
                OrderDraft(.sale, lines: [.of("TEA", 2)], placed: TestShop.noon, year: 2026, details: .init(held: "red hat")),
                at: Till(member: 17, store: 1))
        }
        try other.take(from: one)
        #expect(try other.view(number).held == "red hat")
        #expect(try other.refusal { try $0.handOver(number, of: 1, arrives: true) }?.code == "payments-differ")
        try other.perform { transaction in
            try transaction.edit(order: number, of: 1, [("held", .nothing)])
            try transaction.add([.of("SHIRT-L", at: 2000)], to: number, of: 1)
            try transaction.pay([Payment(tender: "cash", amount: 2700)], for: number, of: 1)
            try transaction.handOver(number, of: 1, arrives: true)
        }
        try one.take(from: other)
        let view = try one.view(number)
        #expect(view.held == nil && view.statusName == "done" && view.total == 2700 && view.paid == 2700)
    }

    // MARK: Two islands

    @Test func `lines that two islands add both stand, and of two changes of one line the loser is in sight`() throws {
        let (store, headquarters, number) = try pair(.of("TEA", 5))
        let line = try store.view(number).ordered[0].id
        try store.perform { transaction in
            try transaction.add([.of("SHIRT-M", at: 2000)], to: number, of: 1)
            try transaction.change(line: line, of: number, of: 1) { $0.quantity = 6 }
        }
        try headquarters.perform { transaction in
            try transaction.add([.of("SHIRT-L", at: 1900)], to: number, of: 1)
            try transaction.change(line: line, of: number, of: 1) { $0.quantity = 7 }
        }
        try meet(store, headquarters)
        let view = try store.view(number)
        #expect(try view == headquarters.view(number))
        #expect(try Set(view.ordered.map(\.line.sku)) == Set(["TEA", "SHIRT-M", "SHIRT-L"].map(identifier)))
        let tea = try #require(view.ordered.first { $0.id == line })
        #expect(Set([tea.line.quantity] + tea.losers.map(\.quantity)) == [6, 7])
        try store.perform { try $0.change(line: line, of: number, of: 1) { $0.quantity = tea.line.quantity } }
        #expect(try store.view(number).ordered.first { $0.id == line }?.losers.isEmpty == true, "whoever saw both settles it")
    }

    @Test func `an order that is cancelled here and shipped there is recalled, and stock has moved once`() throws {
        let (store, headquarters, number) = try pair(.of("TEA", 5))
        try store.perform { try $0.handOver(number, of: 1, arrives: false) }
        try headquarters.perform { try $0.cancel(number, of: 1) }
        try meet(store, headquarters)
        for member in [store, headquarters] {
            #expect(try member.view(number).statusName == "recalled")
            #expect(try member.view(number).status.isBranched)
            #expect(try member.stock("TEA").sold == 5, "what has left has left")
        }
        try store.perform { try $0.settleRecalled(number, of: 1, as: .upheld) }
        try headquarters.perform { try $0.settleRecalled(number, of: 1, as: .returned) }
        try meet(store, headquarters)
        #expect(try store.view(number).status.isBranched, "two decisions are a conflict once more")
        #expect(try store.view(number) == headquarters.view(number))
    }

    @Test func `an order that two islands hand over has gone twice, and says so`() throws {
        let (store, headquarters, number) = try pair(.of("TEA", 5))
        for member in [store, headquarters] { try member.perform { try $0.handOver(number, of: 1, arrives: true) } }
        try meet(store, headquarters)
        let view = try store.view(number)
        #expect(view.statusName == "done" && view.ordered[0].handedOver == 10 && view.ordered[0].open == 0)
        #expect(try store.stock("TEA").sold == 10, "both have gone")
        #expect(view.total == 3500)
    }

    @Test func `steps that two islands take on one way are no conflict`() throws {
        let (store, headquarters, number) = try pair(.of("TEA", 5))
        try headquarters.perform { try $0.advance(number, of: 1, to: .confirmed) }
        try store.perform { transaction in
            try transaction.advance(number, of: 1, to: .ready)
            try transaction.handOver(number, of: 1, arrives: true)
        }
        try meet(store, headquarters)
        #expect(try headquarters.view(number).statusName == "done")
        #expect(try headquarters.view(number).status.isBranched == false)
    }
}
