import CRDT
import Replica
import Retail
import Testing

/// Numbers of documents: final at once, without gaps, chained.
@Suite struct SeriesTests {
    private func chain(_ member: TestMember, _ series: String, upTo last: Int64, of store: UInt32 = 1) throws -> [Issued] {
        let name = try #require(SeriesName(series))
        return try (1...last).map { try #require(try member.replica.issued(name.document($0), of: store).first) }
    }

    @Test func `numbers count up for each till and year, and a refused sale takes none`() throws {
        let store = try TestShop().store(1)
        let first = try store.sell(.of(.of("TEA")))
        #expect("\(first)" == "1-26-000001")
        #expect(try store.refusal { _ = try $0.sell(try .of(.of("NONE")), at: Till(1)) } != nil)
        #expect(try "\(store.sell(.of(.of("TEA"))))" == "1-26-000002")
        #expect(try "\(store.sell(.of(.of("TEA"), year: 2027)))" == "1-27-000001")
        #expect(try "\(store.sell(.of(.of("TEA"))))" == "1-26-000003", "the old year's books are not closed yet")
    }

    @Test func `several tills of a store have series of their own in its books`() throws {
        let shop = try TestShop()
        let (one, other) = (try shop.store(17), try shop.store(40))
        let numbers = [
            try one.sell(.of(.of("TEA", 2)), at: Till(member: 17, store: 1)),
            try other.sell(.of(.of("TEA", 3)), at: Till(member: 40, store: 1)),
        ]
        #expect(numbers.map { "\($0)" } == ["H-26-000001", "14-26-000001"])
        try one.take(from: other)
        try other.take(from: one)
        for member in [one, other] {
            #expect(try numbers.map { try member.view($0).lines.first?.quantity } == [2, 3])
            #expect(try member.stock("TEA").sold == 5)
        }
    }

    @Test func `each document's hash covers what was printed, and the hash before it`() throws {
        let store = try TestShop().store(1)
        for quantity in 1...4 as ClosedRange<Int64> { _ = try store.sell(.of(.of("TEA", quantity), customer: "C1")) }
        let chain = try chain(store, "1-26", upTo: 4)
        var previous = Hash128.zero
        for issued in chain {
            let text = issued.issue.text(as: issued.number, after: previous)
            #expect(issued.hash == store.replica.hash(of: Array(text.utf8)))
            previous = issued.hash
        }
        #expect(
            chain[1].issue.text(as: chain[1].number, after: chain[0].hash) == """
                1-26-000002 sale 1772452800000
                customer C1
                cashier -
                sold TEA 2 350 1 0 0 \n\
                paid 700 cash \n\
                after \(chain[0].hash)

                """)
        var altered = chain[1].issue
        altered.lines[0].quantity = 1
        #expect(store.replica.hash(of: Array(altered.text(as: chain[1].number, after: chain[0].hash).utf8)) != chain[1].hash)
    }

    @Test func `what becomes of an order later leaves its document as it was printed`() throws {
        let store = try TestShop().store(1)
        let number = try store.perform {
            try $0.place(OrderDraft(.pickup, lines: [.of("TEA", 5)], placed: TestShop.noon, year: 2026), at: Till(1))
        }
        let before = try store.replica.issued(number, of: 1)
        let line = try #require(try store.view(number).ordered.first?.id)
        try store.perform { transaction in
            try transaction.edit(order: number, of: 1, [("customer", .text("C9"))])
            try transaction.change(line: line, of: number, of: 1) { $0.quantity = 4 }
            try transaction.add([.of("SHIRT-M", at: 2000)], to: number, of: 1)
            try transaction.pay([Payment(tender: "card", amount: 3400)], for: number, of: 1)
            try transaction.handOver(number, of: 1, arrives: true)
        }
        #expect(try store.replica.issued(number, of: 1) == before)
        #expect(try store.view(number).total == 3400)
    }

    @Test func `a machine that follows another begins a series of its own, chained to what it knows of the old one`() throws {
        let shop = try TestShop()
        let first = try shop.store(1)
        for _ in 1...3 { _ = try first.sell(.of(.of("TEA"))) }
        let second = try shop.store(1, machine: 1)
        try second.take(from: first)
        let number = try second.sell(.of(.of("TEA")))
        let series = try #require(SeriesName("\(number)"))
        #expect(series.suffix.count == 2 && series.member == 1 && series.year == 26)
        #expect(number == series.document(1))
        // Both have gone on without knowing of each other.
        #expect(try "\(first.sell(.of(.of("TEA"))))" == "1-26-000004")
        #expect(try second.sell(.of(.of("TEA"))) == series.document(2))
        try first.take(from: second)
        #expect(try chain(first, "1-26", upTo: 4).count == 4)
        let issued = try #require(try first.replica.issued(number, of: 1).first)
        let old = try #require(try chain(first, "1-26", upTo: 3).last)
        let text = issued.issue.text(as: number, after: old.hash)
        #expect(issued.hash == first.replica.hash(of: Array(text.utf8)))
    }

    @Test func `a machine in another one's place begins a series of its own, though it knows nothing that was printed`() throws
    {
        let shop = try TestShop()
        try shop.headquarters.perform {
            try $0.insert(
                .bytes(Array(repeating: 7, count: 32)), into: RetailSchema.Member.replaced, of: RetailSchema.member(1))
        }
        let second = try shop.store(1, machine: 1)
        #expect(try SeriesName("\(second.sell(.of(.of("TEA"))))")?.suffix.count == 2)
    }

    @Test func `a new year's first document is chained to the old year's last`() throws {
        let store = try TestShop().store(1)
        let last = try store.sell(.of(.of("TEA")))
        let first = try store.sell(.of(.of("TEA"), year: 2027))
        let before = try #require(try store.replica.issued(last, of: 1).first)
        let issued = try #require(try store.replica.issued(first, of: 1).first)
        #expect(issued.hash == store.replica.hash(of: Array(issued.issue.text(as: first, after: before.hash).utf8)))
    }

    /// A disk was copied, and both machines print: two receipts bear one number. Neither is lost, and it shows.
    @Test func `a number that two machines have printed is shown twice, and never renumbered`() throws {
        let shop = try TestShop()
        let (one, double) = (try shop.store(1), try shop.store(1, machine: 1))
        let number = try one.sell(.of(.of("TEA", 2)))
        // Its own series would be another; a copy of the first one's disk would have gone on in this one.
        let again = try double.sell(.of(.of("TEA", 7)))
        #expect(number == again)
        try one.take(from: double)
        let issued = try one.replica.issued(number, of: 1)
        #expect(Set(issued.map { $0.issue.lines.map(\.quantity) }) == [[2], [7]])
        #expect(try one.view(number).issues == 2)
        #expect(try one.view(number).paid == 9 * 350, "all the money is there")
        #expect(try one.stock("TEA").sold == 9)
    }

    @Test(arguments: ["H-26", "1-26", "ZZZ-05", "1-267K", "H-26-000812", "1-267K-1000000"])
    func `a series' name is read as it is written`(_ text: String) throws {
        let name = try #require(SeriesName(text))
        #expect(text.hasPrefix(name.text))
    }

    @Test(arguments: ["", "-", "1", "1-2", "1-26-", "1-26-x", "h-26", "01-26", "1-262", "1-2612A", "ZZZZZZ-26", "S000-0000001"])
    func `what is no series' name is not taken for one`(_ text: String) {
        #expect(SeriesName(text) == nil)
    }

    @Test func `usual numbers are packed, and sort by their number`() throws {
        let name = SeriesName(member: 46_655, year: 2026)
        #expect(name.text == "ZZZ-26")
        #expect(name.document(812).numbered?.number == 812)
        #expect(name.document(999_999) < name.document(1_000_000))
    }
}
