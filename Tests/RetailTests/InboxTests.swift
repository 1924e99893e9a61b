import CRDT
import Replica
import Retail
import Testing

/// What joined and needs a person: it is seen by all, settled by anybody, and gone when it is over.
@Suite struct InboxTests {
    private let shop: TestShop

    init() throws { shop = try TestShop() }

    private func meet(_ members: TestMember...) throws {
        for _ in 0..<2 {
            for one in members { for other in members where one !== other { try one.take(from: other) } }
            for member in members { try member.tend() }
        }
    }

    /// Ascending by store, kind and id.
    private func entries(_ member: TestMember) throws -> [InboxEntry] {
        let keys = try member.replica.heldScopes.flatMap { try member.replica.keys(of: $0) }.map { key in
            // What is on a shelf is told by three records.
            let isShelf = [RetailSchema.count.number, RetailSchema.stockLimit.number].contains(key.collection)
            return isShelf ? RetailSchema.stock(of: key.id, at: key.scope.member) : key
        }
        return try Set(keys).flatMap { try member.replica.inbox(about: $0) }.sorted { one, other in
            (one.subject.scope.member, one.kind.rawValue, one.id) < (other.subject.scope.member, other.kind.rawValue, other.id)
        }
    }

    private func kinds(_ member: TestMember) throws -> [InboxEntry.Kind] {
        try entries(member).filter { !$0.isSettled }.map(\.kind)
    }

    private func settle(_ member: TestMember, _ entry: InboxEntry, as way: String, by clerk: String = "boss") throws {
        try member.perform { try $0.settle(entry, as: way, by: identifier(clerk), settled: member.now) }
    }

    private func sell(_ sku: String, _ quantity: Int64, at till: TestMember) throws {
        till.now += 1000
        var sale = try Sale.of(.of(sku, quantity))
        sale.placed = till.now
        _ = try till.sell(sale, at: till.till)
    }

    private func receive(_ quantity: Int64, at till: TestMember) throws {
        let lines = [StockLine(sku: try identifier("TEA"), quantity: quantity)]
        try till.perform { _ = try $0.receive(GoodsReceipt(lines: lines, received: till.now, year: 2026), at: till.till) }
    }

    @Test func `what was sold on two islands beyond what was there is seen by all, until more is booked in`() throws {
        let tills = [try shop.till(1, of: 1), try shop.till(2, of: 1)]
        try receive(5, at: tills[0])
        try meet(tills[0], tills[1])
        for till in tills { try sell("TEA", 3, at: till) }
        #expect(try kinds(tills[0]).isEmpty && kinds(tills[1]).isEmpty)
        try meet(tills[0], tills[1], shop.headquarters)
        let seen = try tills.map { try entries($0) } + [try entries(shop.headquarters)]
        #expect(seen.map { $0.map(\.kind) } == Array(repeating: [.oversold], count: 3))
        #expect(Set(seen.flatMap { $0.map(\.id) }).count == 1, "the same thing has one id everywhere")
        #expect(seen[0][0].happened == "More of TEA left store 1 than its books say was there: -1.")
        #expect(seen[0][0].values == ["sold: 6", "received: 5"])
        try receive(1, at: tills[1])
        #expect(try entries(tills[1]).isEmpty)
    }

    @Test func `an entry is settled twice on two islands: the first word holds, and both are kept`() throws {
        let (store, headquarters) = (try shop.till(1, of: 1), shop.headquarters)
        try sell("TEA", 1, at: store)
        try meet(store, headquarters)
        let entry = try #require(try entries(store).first)
        store.now += 5000
        headquarters.now = store.now - 1000
        try store.perform { try $0.settle(entry, as: "accept", note: "theft", by: identifier("ann"), settled: store.now) }
        try settle(headquarters, entry, as: "accept", by: "hq")
        #expect(try kinds(store).isEmpty)
        try meet(store, headquarters)
        for member in [store, headquarters] {
            let settled = try #require(try entries(member).first)
            #expect(settled.settlements.map { $0.clerk.map { "\($0)" } } == ["hq", "ann"])
            #expect(settled.settlements.last?.note == "theft")
        }
        // Of a later look it is another thing.
        try store.perform {
            let stocktake = try $0.openStocktake("", opened: store.now, year: 2026, at: store.till)
            try $0.count(
                Finding(
                    sku: identifier("TEA"), zone: identifier("shop"), counter: identifier("ann"), quantity: 0, taken: store.now),
                in: stocktake, of: 1, at: store.now)
        }
        try sell("TEA", 1, at: store)
        #expect(try kinds(store) == [.oversold])
    }

    @Test func `too little and too much is told as long as it is so`() throws {
        let till = try shop.till(1, of: 1)
        try till.perform { try $0.setLimits(of: identifier("TEA"), at: 1, low: 2, high: 10) }
        func told() throws -> [InboxEntry.Kind] { try entries(till).map(\.kind) }
        #expect(try told() == [.lowStock], "nothing has ever come")
        try receive(3, at: till)
        #expect(try told().isEmpty)
        try sell("TEA", 1, at: till)
        #expect(try told() == [.lowStock])
        #expect(try entries(till)[0].happened == "2 of TEA are in store 1, and should be more than 2.")
        try sell("TEA", 1, at: till)
        #expect(try told() == [.lowStock], "raised once")
        try receive(8, at: till)
        #expect(try told().isEmpty)
        try receive(1, at: till)
        #expect(try told() == [.highStock])
        try till.perform { try $0.setLimits(of: identifier("TEA"), at: 1, low: nil, high: nil) }
        #expect(try told().isEmpty)
    }

    @Test func `two numbers for one shelf are shown until somebody says which`() throws {
        let tills = [try shop.till(1, of: 1), try shop.till(2, of: 1)]
        let stocktake = try tills[0].perform { try $0.openStocktake("", opened: tills[0].now, year: 2026, at: tills[0].till) }
        try meet(tills[0], tills[1])
        for (till, (counter, quantity)) in zip(tills, [("ann", 30), ("bob", 40)] as [(String, Int64)]) {
            till.now += 1000 * quantity
            let finding = Finding(
                sku: try identifier("TEA"), zone: try identifier("shop"), counter: try identifier(counter), quantity: quantity,
                taken: till.now)
            try till.perform { try $0.count(finding, in: stocktake, of: 1, at: till.now) }
        }
        try meet(tills[0], tills[1])
        let entry = try #require(try entries(tills[1]).first)
        #expect(entry.kind == .countedTwice && entry.happened.contains("ann and bob found different numbers of TEA in shop"))
        try settle(tills[1], entry, as: "accept")
        try meet(tills[0], tills[1])
        #expect(try kinds(tills[0]).isEmpty)
    }

    @Test func `a transfer that came short is settled by one of its ways`() throws {
        let (one, other) = (try shop.till(1, of: 1), try shop.till(2, of: 2))
        let number = try one.perform {
            try $0.dispatch(
                Dispatch(to: 2, lines: [StockLine(sku: identifier("TEA"), quantity: 10)], dispatched: one.now, year: 2026),
                at: one.till)
        }
        try meet(one, other)
        try other.perform {
            let lines = [StockLine(sku: try identifier("TEA"), quantity: 8)]
            try $0.takeIn(transfer: number, to: 2, lines, received: other.now, isLast: true)
        }
        try meet(one, other)
        let entry = try #require(try entries(one).first { $0.kind == .transferDiffers })
        #expect(entry.values == ["TEA: -2"] && entry.ways.map(\.name) == ["lost", "not-sent", "received"])
        let unknown = try one.refusal { try $0.settle(entry, as: "nonsense", settled: one.now) }
        #expect(unknown?.code == "unknown-way" && unknown?.remedy == "Choose one of: lost, not-sent, received.")
        try settle(other, entry, as: "lost")
        try meet(one, other)
        #expect(try one.replica.transfer(number, to: 2).outcome == .lost)
        #expect(try !kinds(one).contains(.transferDiffers))
        #expect(try one.refusal { try $0.settle(entry, as: "lost", settled: one.now) }?.code == "unknown-entry")
    }

    @Test func `an order that was cancelled while it left waits for a decision`() throws {
        let (store, headquarters) = (try shop.till(1, of: 1), shop.headquarters)
        let number = try store.perform {
            try $0.place(
                OrderDraft(.delivery, lines: [.of("TEA", 2)], customer: nil, placed: store.now, year: 2026), at: store.till)
        }
        try meet(store, headquarters)
        try headquarters.perform { try $0.cancel(number, of: 1) }
        try store.perform { try $0.handOver(number, of: 1, arrives: false) }
        try meet(store, headquarters)
        let entry = try #require(try entries(headquarters).first { $0.kind == .cancelledAfterLeaving })
        try settle(headquarters, entry, as: "upheld")
        try meet(store, headquarters)
        #expect(try store.view(number).current == .upheld)
        #expect(try !kinds(store).contains(.cancelledAfterLeaving))
    }

    @Test func `one receipt that was refunded twice is seen, and what it cost is bounded`() throws {
        let (store, headquarters) = (try shop.till(1, of: 1), shop.headquarters)
        let other = try shop.till(2, of: 2)
        try shop.giveGoodwill(1_000, to: other, of: 2)
        let number = try store.sell(.of(.of("TEA", 1)))
        try meet(store, other, headquarters)
        for till in [store, other] {
            var refund = Refund(
                order: number, store: 1, lines: [.init(sku: try identifier("TEA"), quantity: 1)], placed: till.now, year: 2026)
            refund.allowsGoodwill = true
            try till.perform { _ = try $0.refund(refund, at: till.till) }
        }
        try meet(store, other, headquarters)
        let entry = try #require(try entries(headquarters).first { $0.kind == .refundedTwice })
        #expect(entry.values == ["by right: 1", "out of goodwill: 1"])
        #expect(entry.happened == "Of TEA on 1-26-000001 of store 1 1 were sold, and 2 were taken back.")
    }

    @Test func `a write-off that waits is decided by somebody with a name`() throws {
        let (store, headquarters) = (try shop.till(1, of: 1), shop.headquarters)
        try headquarters.perform { try $0.edit(RetailSchema.settingsKey, by: .settings, [("write_off_limit", .integer(100))]) }
        try meet(store, headquarters)
        let goods = WriteOff(
            lines: [.init(sku: try identifier("TEA"), quantity: 2, reason: .stolen)], mayWait: true, written: store.now,
            year: 2026)
        let number = try store.perform { try $0.writeOff(goods, at: store.till) }
        let entry = try #require(try entries(store).first { $0.kind == .writeOffWaits })
        #expect(try store.refusal { try $0.settle(entry, as: "approved", settled: store.now) }?.field == "clerk")
        try settle(store, entry, as: "rejected")
        #expect(try store.replica.writeOff(number, of: 1).status == .rejected)
    }

    @Test func `different things that two islands wrote are all offered`() throws {
        let (store, headquarters) = (try shop.till(1, of: 1), shop.headquarters)
        let kim = try store.perform { try $0.add(customer: nil, [("name", .text("Kim"))], year: 2026, at: store.till) }
        try meet(store, headquarters)
        headquarters.now = store.now + 5
        try store.perform { try $0.edit(customer: kim, [("email", .text("kim@one.test"))]) }
        try headquarters.perform { try $0.edit(customer: kim, [("email", .text("kim@two.test"))]) }
        try meet(store, headquarters)
        let entry = try #require(try entries(store).first { $0.kind == .valuesDiffer })
        #expect(entry.values.map { $0.prefix(12) } == ["kim@two.test", "kim@one.test"])
        #expect(entry.happened == "Two islands wrote different things into email of customer \(kim).")
        try settle(store, entry, as: "2")
        try meet(store, headquarters)
        for member in [store, headquarters] {
            #expect(try member.customer("\(kim)").email == "kim@one.test")
            #expect(try kinds(member).isEmpty)
        }
    }

    @Test func `customers with one telephone number are offered to be one`() throws {
        let (store, headquarters) = (try shop.till(1, of: 1), shop.headquarters)
        let ids = try [(store, "+49 30 123456"), (headquarters, "49-30-123456"), (store, "12")].map { member, phone in
            try member.perform {
                try $0.add(
                    customer: nil, [("name", .text("Kim")), ("phone", .text(phone))], year: 2026, at: Till(member.number))
            }
        }
        try meet(store, headquarters)
        let pair = Array(ids[..<2]).sorted()
        let entry = try store.replica.duplicate(pair[1], pair[0])
        #expect(entry.kind == .duplicateCustomer && entry.values == pair.map { "\($0)" } && !entry.isSettled)
        #expect(try headquarters.replica.duplicate(pair[0], pair[1]) == entry, "the same everywhere")
        try settle(store, entry, as: "merge")
        try meet(store, headquarters)
        #expect(try headquarters.replica.survivor(of: pair[1]) == pair[0])
        try store.perform { try $0.part(customer: pair[1]) }
        #expect(try store.replica.duplicate(pair[0], pair[1]).isSettled, "it was settled once")
    }

    @Test func `a clock that goes back three days is seen on the next paper`() throws {
        let store = try shop.till(1, of: 1)
        try sell("TEA", 1, at: store)
        store.now -= 3 * 86_400_000
        try sell("TEA", 1, at: store)
        let entry = try #require(try entries(store).first { $0.kind == .wrongClock })
        #expect(entry.subject.id == (try identifier("1-26-000002")))
        store.now += 3 * 86_400_000
        try sell("TEA", 1, at: store)
        #expect(try entries(store).count { $0.kind == .wrongClock } == 1)
    }
}
