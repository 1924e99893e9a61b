import CRDT
import Replica
import Retail
import Testing

/// What is on the shelf, while people count it and tills sell from it, on islands and together.
@Suite struct StocktakeTests {
    private let shop: TestShop

    init() throws { shop = try TestShop() }
    private static let minute: Int64 = 60_000

    /// Tills of store 1, which has 50 teas by its books, as all of them know.
    private func tills(_ count: Int) throws -> [TestMember] {
        let tills = try (1...count).map { try shop.till(UInt32($0), of: 1) }
        try receive(50, at: tills[0])
        try meet(tills)
        return tills
    }

    private func meet(_ members: [TestMember]) throws {
        for _ in 0..<2 {
            for one in members { for other in members where one !== other { try one.take(from: other) } }
            for member in members { try member.tend() }
        }
    }

    private func receive(_ quantity: Int64, at till: TestMember, moment: Int64? = nil) throws {
        let lines = [StockLine(sku: try identifier("TEA"), quantity: quantity)]
        try till.perform {
            _ = try $0.receive(GoodsReceipt(lines: lines, received: moment ?? till.now, year: 2026), at: till.till)
        }
    }

    private func sell(_ quantity: Int64, at till: TestMember) throws {
        var sale = try Sale.of(.of("TEA", quantity))
        sale.placed = till.now
        _ = try till.sell(sale, at: till.till)
    }

    private func open(at till: TestMember, isBlind: Bool = false) throws -> Identifier {
        try till.perform { try $0.openStocktake("year's end", isBlind: isBlind, opened: till.now, year: 2026, at: till.till) }
    }

    private func finding(
        _ quantity: Int64, zone: String = "shop", by counter: String = "ann", taken: Int64, isRecount: Bool = false
    ) throws -> Finding {
        Finding(
            sku: try identifier("TEA"), zone: try identifier(zone), counter: try identifier(counter), quantity: quantity,
            taken: taken, isRecount: isRecount)
    }

    private func count(
        _ quantity: Int64, in stocktake: Identifier, zone: String = "shop", by counter: String = "ann", at till: TestMember,
        taken: Int64? = nil, isRecount: Bool = false
    ) throws {
        let finding = try finding(quantity, zone: zone, by: counter, taken: taken ?? till.now, isRecount: isRecount)
        try till.perform { try $0.count(finding, in: stocktake, of: 1, at: till.now) }
    }

    private func teas(_ member: TestMember) throws -> StockView { try member.replica.stock(of: identifier("TEA"), at: 1) }

    @Test func `a count holds at once, and what is sold behind it comes off`() throws {
        let till = try tills(1)[0]
        let stocktake = try open(at: till)
        #expect("\(stocktake)" == "C.1-26-000001")
        try count(48, in: stocktake, at: till)
        #expect(try teas(till).onHand == 48)
        #expect(try teas(till).count?.waiting.isEmpty == true)
        try sell(3, at: till)
        try receive(10, at: till)
        #expect(try teas(till).onHand == 55)
        #expect(try teas(till).received == 60, "what moved stays as it moved")
    }

    @Test func `two people who count one shelf say two things of it, and no sum`() throws {
        let tills = try tills(2)
        let stocktake = try open(at: tills[0])
        try meet(tills)
        try count(30, in: stocktake, by: "ann", at: tills[0])
        tills[1].now += Self.minute
        try count(40, in: stocktake, by: "bob", at: tills[1])
        try meet(tills)
        for till in tills {
            let count = try #require(try teas(till).count)
            #expect(count.quantity == 40, "the later look holds")
            #expect(count.variances.map(\.quantity) == [30])
            #expect(try teas(till).onHand == 40)
        }
        tills[0].now += 5 * Self.minute
        try count(31, in: stocktake, by: "ann", at: tills[0], isRecount: true)
        try meet(tills)
        for till in tills {
            #expect(try teas(till).onHand == 31)
            #expect(try teas(till).count?.variances.isEmpty == true, "a recount ends the question")
        }
    }

    @Test func `the same number said by two people is one number`() throws {
        let tills = try tills(2)
        let stocktake = try open(at: tills[0])
        try meet(tills)
        for (till, counter) in zip(tills, ["ann", "bob"]) { try count(20, in: stocktake, by: counter, at: till) }
        try meet(tills)
        for till in tills { #expect(try teas(till).onHand == 20) }
    }

    @Test func `parts of a store add up, each with its own look`() throws {
        let tills = try tills(2)
        let stocktake = try open(at: tills[0])
        try meet(tills)
        try count(20, in: stocktake, zone: "cellar", by: "bob", at: tills[1])
        tills[0].now += Self.minute
        try count(18, in: stocktake, at: tills[0])
        tills[1].now += 2 * Self.minute
        try sell(5, at: tills[1])
        try meet(tills)
        for till in tills { #expect(try teas(till).onHand == 33) }
    }

    @Test func `a sale before the look that is heard of after it is not taken off twice`() throws {
        let tills = try tills(2)
        let stocktake = try open(at: tills[0])
        try meet(tills)
        // Till 2 is cut off. It sells 4, and then somebody looks: 46 are there.
        try sell(4, at: tills[1])
        tills[0].now += Self.minute
        tills[1].now += Self.minute
        try count(46, in: stocktake, at: tills[0])
        // It sells 6 more behind that.
        tills[1].now += 1
        try sell(6, at: tills[1])
        #expect(try teas(tills[0]).onHand == 46)
        try tills[0].take(from: tills[1])
        #expect(try teas(tills[0]).onHand == 36, "provisional: till 2 has not said yet which sales were before the look")
        #expect(try teas(tills[0]).count?.waiting == [tills[1].origin])
        try meet(tills)
        for till in tills {
            #expect(try teas(till).onHand == 40)
            #expect(try teas(till).count?.waiting.isEmpty == true)
        }
    }

    @Test func `a look that is entered late counts from when it was taken`() throws {
        let tills = try tills(2)
        let stocktake = try open(at: tills[0])
        try meet(tills)
        let look = tills[0].now
        for till in tills { till.now += Self.minute }
        // More than the scan looks at first.
        for _ in 0..<300 { try sell(1, at: tills[0]) }
        try sell(2, at: tills[1])
        try meet(tills)
        for till in tills { till.now += 10 * Self.minute }
        try count(350, in: stocktake, at: tills[0], taken: look)
        try meet(tills)
        for till in tills {
            #expect(try teas(till).onHand == 48)
            #expect(try teas(till).count?.waiting.isEmpty == true)
        }
    }

    @Test func `goods that came before the look and are booked after it are in what was counted`() throws {
        let tills = try tills(2)
        let stocktake = try open(at: tills[0])
        let before = tills[0].now
        for till in tills { till.now += 10 * Self.minute }
        try count(60, in: stocktake, at: tills[0])
        try meet(tills)
        for till in tills { till.now += 10 * Self.minute }
        // The paper of ten that came before the look turns up, once at each till; and five more come.
        for till in tills { try receive(10, at: till, moment: before) }
        try receive(5, at: tills[1])
        try meet(tills)
        for till in tills { #expect(try teas(till).onHand == 65) }
        #expect(try teas(tills[0]).received == 75)
    }

    @Test func `a till that is restored says what its earlier life had sold, and what comes to light of it`() throws {
        let tills = try tills(2)
        let stocktake = try open(at: tills[0])
        try meet(tills)
        try sell(4, at: tills[1])
        for till in tills { till.now += Self.minute }
        try count(46, in: stocktake, at: tills[0])
        tills[1].now += 1
        try sell(6, at: tills[1])
        try tills[1].replica.reincarnate(as: 7_777, at: tills[1].now)
        try sell(1, at: tills[1])
        try meet(tills)
        for till in tills {
            #expect(try teas(till).onHand == 39)
            #expect(try teas(till).count?.waiting.isEmpty == true)
        }
    }

    @Test func `another stocktake takes the place of the one before`() throws {
        let till = try tills(1)[0]
        for (zones, sum) in [([20, 10], 30), ([7], 7)] as [([Int64], Int64)] {
            let stocktake = try open(at: till)
            for (index, quantity) in zones.enumerated() {
                till.now += Self.minute
                try count(quantity, in: stocktake, zone: index == 0 ? "shop" : "cellar", at: till)
            }
            #expect(try teas(till).onHand == sum)
        }
    }

    @Test func `a stocktake says what was found, and what the books said`() throws {
        let till = try tills(1)[0]
        let stocktake = try open(at: till, isBlind: true)
        try count(48, in: stocktake, at: till)
        try count(47, in: stocktake, by: "bob", at: till)
        let view = try till.replica.stocktake(stocktake, of: 1)
        #expect(view.name == "year's end" && view.isBlind && view.status == .open && view.opened == till.now)
        #expect(view.entries.map(\.finding.quantity) == [48, 47])
        #expect(view.entries.map(\.booked) == [50, 48])
        try till.perform { try $0.closeStocktake(stocktake, of: 1) }
        #expect(try till.replica.stocktake(stocktake, of: 1).status == .closed)
    }

    @Test func `what cannot be is refused`() throws {
        let till = try tills(1)[0]
        let stocktake = try open(at: till)
        func code(_ finding: Finding, _ id: Identifier? = nil) throws -> [String?] {
            let problem = try till.refusal { try $0.count(finding, in: id ?? stocktake, of: 1, at: till.now) }
            return [problem?.code, problem?.field]
        }
        var unknown = try finding(1, taken: till.now)
        unknown.sku = try identifier("NONE")
        #expect(try code(unknown) == ["unknown-article", "sku"])
        #expect(try code(finding(-1, taken: till.now)) == ["out-of-range", "quantity"])
        #expect(try code(finding(.max, taken: till.now)) == ["out-of-range", "quantity"])
        #expect(try code(finding(1, taken: till.now + 1)) == ["out-of-range", "taken"])
        #expect(try code(finding(1, taken: till.now - 8 * 86_400_000)) == ["out-of-range", "taken"])
        let long = String(repeating: "z", count: 30)
        #expect(try code(finding(1, zone: long, taken: till.now)) == ["malformed-id", "zone"])
        #expect(try code(finding(1, by: long + long, taken: till.now)) == ["malformed-id", "counter"])
        #expect(try code(finding(1, taken: till.now), identifier("C.1-26-000009")) == ["unknown-stocktake", "stocktake"])
        try till.perform { try $0.closeStocktake(stocktake, of: 1) }
        #expect(try code(finding(1, taken: till.now)) == ["closed", "stocktake"])
        #expect(try till.refusal { try $0.closeStocktake(stocktake, of: 1) }?.code == "closed")
    }

    /// A shelf of which nobody knows but the test: three tills sell from it, goods come, people look, lines come and go, and a till is
    /// put back in time. When all have met, the books say what is there.
    @Test(arguments: 1...30)
    func `the books say what is on the shelf`(_ seed: UInt64) throws {
        var random = Draw(seed)
        let tills = try tills(3)
        var shelf: Int64 = 50
        var stocktake = try open(at: tills[0])
        try meet(tills)
        var hasCounted = false
        for step in 0..<60 {
            // Clocks go together; each act is by itself in time.
            for till in tills { till.now += 1 + Int64(random.below(3)) * Self.minute }
            let now = tills.map(\.now).max() ?? 0
            for till in tills { till.now = now }
            let till = tills[random.below(3)]
            switch random.below(20) {
            case 0..<8:
                try sell(1, at: till)
                shelf -= 1
            case 8..<10:
                try receive(5, at: till)
                shelf += 5
            case 10..<13:
                guard try till.replica.stocktake(stocktake, of: 1).opened != nil else { break }
                // What people misread, they misread in the last count, too, if it is theirs: here nobody does.
                try count(shelf, in: stocktake, by: "clerk \(random.below(2))", at: till)
                hasCounted = true
            case 13: stocktake = try open(at: till)
            case 14: try till.replica.reincarnate(as: 1_000 + UInt64(step), at: till.now)
            case 15: try till.tend()
            default:
                let other = tills[random.below(3)]
                if other !== till { try till.take(from: other) }
            }
        }
        try meet(tills)
        for till in tills {
            #expect(try teas(till).onHand == shelf, "seed \(seed)")
            #expect(try teas(till).count?.waiting.isEmpty ?? !hasCounted)
        }
    }
}
