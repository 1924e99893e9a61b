import CRDT
import Replica
import Retail
import Testing

/// A till's day, from the drawer that is filled to the report that never changes.
@Suite struct DayTests {
    private let shop: TestShop

    init() throws { shop = try TestShop() }
    private static let date: Int64 = 20_260_302

    @discardableResult
    private func open(_ till: TestMember, on date: Int64 = date, float: Int64 = 10_000) throws -> Identifier {
        try till.perform { try $0.openDay(date, float: float, opened: till.now, at: till.till) }
    }

    @discardableResult
    private func close(_ till: TestMember, counting counted: Int64 = 0) throws -> DayView {
        till.now += 1000
        return try till.perform { try $0.closeDay(counting: counted, closed: till.now, at: till.till) }
    }

    @discardableResult
    private func sell(_ quantity: Int64 = 1, by tender: String = "cash", at till: TestMember) throws -> Identifier {
        till.now += 1000
        var sale = try Sale.of(.of("TEA", quantity))
        sale.lines[0].taxRate = 700
        sale.payments[0].tender = tender
        sale.placed = till.now
        return try till.sell(sale, at: till.till)
    }

    private func meet(_ members: TestMember...) throws {
        for _ in 0..<2 { for one in members { for other in members where one !== other { try one.take(from: other) } } }
    }

    @Test func `a report says what was sold, paid and counted`() throws {
        let till = try shop.till(1, of: 1)
        let day = try open(till)
        #expect("\(day)" == "D.1-26-000001")
        let first = try sell(4, at: till)
        try sell(2, by: "card", at: till)
        try till.perform { try $0.moveCash(-2_000, because: "to the bank", moved: till.now, at: till.till) }
        try till.perform { try $0.moveCash(50, because: "found", moved: till.now, at: till.till) }
        try till.perform {
            let refund = Refund(
                order: first, store: 1, lines: [.init(sku: try identifier("TEA"), quantity: 1)], placed: till.now, year: 2026)
            _ = try $0.refund(refund, at: till.till)
        }
        let view = try close(till, counting: 9_090)
        #expect(view.status == .closed && view.date == Self.date && view.movements.map(\.reason) == ["to the bank", "found"])
        let report = try #require(view.reports.first)
        #expect(
            report.figures.amounts == [
                "documents sale": 2, "documents refund": 1, "sold": 2_100, "returned": 350, "tax 700": 114,
                "tender cash": 1_050,
                "tender card": 700, "cash float": 10_000, "cash in": 50, "cash out": 2_000, "cash expected": 9_100,
                "cash counted": 9_090, "cash difference": -10,
            ])
        #expect(report.series.map { "\($0.first) \($0.last) \($0.count)" } == ["1-26-000001 1-26-000003 3"])
        #expect(report.late.isEmpty && report.closed == till.now)
        let next = try open(till, on: Self.date + 1, float: 0)
        #expect("\(next)" == "D.1-26-000002")
        #expect(
            try close(till).reports.first?.figures.amounts == [
                "cash float": 0, "cash expected": 0, "cash counted": 0, "cash difference": 0,
            ])
    }

    @Test func `what customers pay on their account is in the report`() throws {
        let till = try shop.till(1, of: 1)
        try till.perform {
            _ = try $0.add(customer: identifier("K1"), [("name", .text("Kim"))], year: 2026, at: till.till)
        }
        try open(till)
        try till.perform {
            _ = try $0.takeOnAccount(
                [Payment(tender: "cash", amount: 500)], of: identifier("K1"), taken: till.now, year: 2026, at: till.till)
        }
        let figures = try close(till).reports[0].figures
        #expect(figures["on account"] == 500 && figures["tender cash"] == 500 && figures["cash expected"] == 10_500)
    }

    @Test func `a day that is closed stays as it is`() throws {
        let till = try shop.till(1, of: 1)
        #expect(try till.refusal { try $0.closeDay(counting: 0, closed: till.now, at: till.till) }?.code == "no-day-open")
        let day = try open(till)
        #expect(
            try till.refusal { _ = try $0.openDay(Self.date, float: 0, opened: till.now, at: till.till) }?.code == "day-open")
        try close(till)
        let move = { try till.refusal { try $0.moveCash(5, because: "", moved: till.now, on: day, at: till.till) }?.code }
        #expect(try move() == "day-closed")
        #expect(try till.refusal { try $0.closeDay(day, counting: 0, closed: till.now, at: till.till) }?.code == "day-closed")
        let none = try identifier("D.1-26-000077")
        #expect(try till.refusal { try $0.closeDay(none, counting: 0, closed: till.now, at: till.till) }?.code == "unknown-day")
        for date in [20_261_302, 20_260_100, 20_260_132, 26_01_01, 0, .min, .max] as [Int64] {
            #expect(try till.refusal { _ = try $0.openDay(date, float: 0, opened: 0, at: till.till) }?.field == "date")
        }
        #expect(try till.refusal { _ = try $0.openDay(Self.date, float: -1, opened: 0, at: till.till) }?.field == "float")
        #expect(try till.refusal { _ = try $0.openDay(Self.date, float: 0, opened: -1, at: till.till) }?.field == "opened")
        try open(till)
        #expect(try till.refusal { try $0.moveCash(0, because: "", moved: 0, at: till.till) }?.field == "amount")
        #expect(try till.refusal { try $0.moveCash(1, because: "a\u{7}", moved: 0, at: till.till) }?.field == "reason")
        #expect(try till.refusal { try $0.closeDay(counting: .max, closed: 0, at: till.till) }?.field == "counted")
    }

    @Test func `what a till had sold and lost is in the report after, and says that it is late`() throws {
        let (lost, neighbour) = (try shop.till(1, of: 1), try shop.till(2, of: 1))
        try open(lost)
        let sold = try sell(3, at: lost)
        try neighbour.take(from: lost)
        // The machine is gone. Another one takes its place, closes the day that somebody wrote on paper, and hears of the rest later.
        try shop.headquarters.perform {
            try $0.insert(
                .bytes(Array(repeating: 7, count: 32)), into: RetailSchema.Member.replaced, of: RetailSchema.member(1))
        }
        let till = try shop.store(1, machine: 1)
        till.now = lost.now + 60_000
        try open(till)
        try sell(1, at: till)
        let printed = try close(till).reports
        #expect(printed[0].figures["sold"] == 350)
        till.now += 60_000
        try open(till, on: Self.date + 1)
        try meet(till, neighbour)
        // There are two open days now: that of the earlier life is closed first or last, and each contains what is new.
        let views = [try close(till), try close(till)]
        #expect(try till.replica.days(of: 1).allSatisfy { $0.status == .closed })
        #expect(try views.map { try #require($0.reports.first).figures["sold"] }.sorted() == [0, 1_050])
        #expect(views.flatMap { $0.reports[0].late }.map(\.document) == [sold])
        let again = try till.replica.days(of: 1).first { $0.reports == printed }
        #expect(again != nil, "what was printed stays")
    }

    @Test func `two tills of a store each close their own day, and the chain's day says who is missing`() throws {
        let tills = [try shop.till(1, of: 1), try shop.till(2, of: 1)]
        try shop.headquarters.perform {
            for number in [1, 2] as [UInt32] {
                try $0.set(RetailSchema.Member.name, of: RetailSchema.member(number), to: .text("S\(number)"))
            }
        }
        for till in tills {
            try open(till)
            try sell(Int64(till.number), at: till)
        }
        try close(tills[0])
        try meet(shop.headquarters, tills[0])
        var day = try shop.headquarters.replica.chainDay(Self.date)
        #expect(day.stores.map(\.number) == [1] && day.stores.map(\.missing) == [[2]] && day.completeCount == 0)
        #expect(day.figures["sold"] == 350)
        #expect(try #require(day.stores[0].heard) >= tills[0].now)
        try close(tills[1])
        try meet(shop.headquarters, tills[1])
        day = try shop.headquarters.replica.chainDay(Self.date)
        #expect(day.completeCount == 1 && day.figures["sold"] == 1_050 && day.figures["documents sale"] == 2)
        #expect(try shop.headquarters.replica.chainDay(Self.date + 1).stores.map(\.missing) == [[1, 2]])
    }

    /// Tills sell, meet, are put back in time and close their days, in any order. At the end each document is in just one report, and
    /// no report has changed since it was printed.
    @Test(arguments: 1...20)
    func `each document is in one report`(_ seed: UInt64) throws {
        var random = Draw(seed)
        let tills = [try shop.till(1, of: 1), try shop.till(2, of: 1)]
        var (sold, printed) = ([Int64](repeating: 0, count: 2), [DayView.Report]())
        for step in 0..<50 {
            let index = random.below(2)
            let till = tills[index]
            switch random.below(10) {
            case 0..<5:
                let quantity = Int64(1 + random.below(4))
                try sell(quantity, at: till)
                sold[index] += 350 * quantity
            case 5: if try till.replica.openDay(at: till.till) == nil { _ = try open(till) }
            case 6: if try till.replica.openDay(at: till.till) != nil { printed += try close(till).reports }
            case 7: try till.replica.reincarnate(as: 1_000 + UInt64(step), at: till.now)
            default: try till.take(from: tills[1 - index])
            }
        }
        try meet(tills[0], tills[1])
        for till in tills {
            if try till.replica.openDay(at: till.till) == nil { _ = try open(till) }
            while try till.replica.openDay(at: till.till) != nil { printed += try close(till).reports }
        }
        try meet(tills[0], tills[1])
        for till in tills {
            let days = try till.replica.days(of: 1)
            for (index, number) in [1, 2].enumerated() {
                let own = DayFigures(sumOf: days.filter { $0.till == number }.flatMap(\.reports).map(\.figures))
                #expect(own["sold"] == sold[index], "seed \(seed)")
            }
            #expect(Set(days.flatMap(\.reports)) == Set(printed), "seed \(seed)")
        }
    }
}
