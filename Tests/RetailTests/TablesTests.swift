import CRDT
import Foundation
import Replica
import Retail
import Testing

/// The shop in SQL: what the records say, whenever and however often it is asked.
@Suite final class TablesTests {
    private let shop: TestShop
    private let folder = FileManager.default.temporaryDirectory.appending(path: "atoll-tables-\(UUID().uuidString)")

    init() throws {
        shop = try TestShop()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func tables(_ name: String = "shop.db") throws -> ShopTables {
        try ShopTables(at: folder.appending(path: name).path) { try? FileManager.default.removeItem(atPath: $0) }
    }

    private func texts(_ rows: [[SQLValue]]) -> [String] {
        rows.map { row in
            row.map { value in
                switch value {
                case .null: "-"
                case .integer(let number): "\(number)"
                case .real(let number): "\(number)"
                case .text(let text): text
                case .bytes: "bytes"
                }
            }.joined(separator: " ")
        }
    }

    /// Everything that is in the tables, whatever row it is in.
    private func contents(_ tables: ShopTables) throws -> [String: [String]] {
        let names = ShopTables.tables.map(\.name) + ["search"]
        return try Dictionary(uniqueKeysWithValues: names.map { ($0, texts(try tables.rows("SELECT * FROM \($0)")).sorted()) })
    }

    private func anew(_ member: TestMember) throws -> [String: [String]] {
        let tables = try tables("anew-\(UUID().uuidString).db")
        try tables.update(from: member.replica)
        return try contents(tables)
    }

    private func sell(_ quantity: Int64, at till: TestMember) throws -> Identifier {
        till.now += 1000
        var sale = try Sale.of(.of("TEA", quantity))
        sale.placed = till.now
        return try till.sell(sale, at: till.till)
    }

    @Test func `tables say what the shop says`() throws {
        let till = try shop.till(1, of: 1)
        let tables = try tables()
        try tables.update(from: till.replica)
        let articles = "SELECT sku, name, variant, category, price FROM catalogue ORDER BY sku"
        #expect(
            texts(try tables.rows(articles)) == [
                "APPLE Apples - fruit 299", "SHIRT-L Shirt colour: red, size: L clothes 2000",
                "SHIRT-M Shirt colour: blue, size: M clothes 2000", "TEA Tea - drinks 350",
            ])
        let kim = try till.perform {
            try $0.add(customer: nil, [("name", .text("Kim Li")), ("phone", .text("030/1234567"))], year: 2026, at: till.till)
        }
        let lines = [StockLine(sku: try identifier("TEA"), quantity: 10)]
        try till.perform { _ = try $0.receive(GoodsReceipt(lines: lines, received: till.now, year: 2026), at: till.till) }
        let sold = try sell(3, at: till)
        let ordered = try till.perform {
            try $0.place(
                OrderDraft(
                    .pickup, lines: [.of("TEA", 4)], customer: kim, placed: till.now, year: 2026,
                    details: OrderDetails(note: "with a ribbon")), at: till.till)
        }
        try tables.update(from: till.replica)
        #expect(
            texts(try tables.rows("SELECT number, kind, status, total, paid FROM orders ORDER BY number")) == [
                "\(sold) sale done 1050 1050", "\(ordered) pickup new 1400 0",
            ])
        #expect(texts(try tables.rows("SELECT store, sku, on_hand, sold, received FROM stock")) == ["1 TEA 7 3 10"])
        #expect(
            texts(try tables.rows("SELECT kind, quantity, paper FROM movements ORDER BY moved")) == [
                "received 10 R.1-26-000001", "sold -3 \(sold)",
            ])
        #expect(texts(try tables.rows("SELECT * FROM reserved")) == ["1 TEA 4"])
        #expect(
            texts(try tables.rows("SELECT number FROM open_orders WHERE customer = ?", [.text("\(kim)")])) == ["\(ordered)"])
        #expect(texts(try tables.rows("SELECT id FROM customers WHERE digits = '0301234567'")) == ["\(kim)"])
        #expect(texts(try tables.rows("SELECT kind, id FROM search WHERE text MATCH 'ribbon'")) == ["order \(ordered)"])
        #expect(texts(try tables.rows("SELECT kind, id FROM search WHERE text MATCH '345'")) == ["customer \(kim)"])
        #expect(texts(try tables.rows("SELECT day, documents, total FROM sales_by_day")) == ["2026-03-02 2 2450"])
    }

    @Test(arguments: 1...8)
    func `what has followed every change says the same as what is made anew`(_ seed: UInt64) throws {
        var random = Draw(seed)
        let members = [try shop.till(1, of: 1), try shop.till(2, of: 1), try shop.till(3, of: 3)]
        let all = try members.map { try tables("\($0.number).db") }
        var (stocktake, sent) = (try identifier("none"), [(UInt32, Identifier)]())
        for step in 0..<80 {
            let index = random.below(3)
            let member = members[index]
            let store: UInt32 = index == 2 ? 3 : 1
            member.now += 1000
            switch random.below(16) {
            case 0..<3: _ = try sell(Int64(1 + random.below(3)), at: member)
            case 3:
                let lines = [StockLine(sku: try identifier("TEA"), quantity: 5)]
                try member.perform {
                    _ = try $0.receive(GoodsReceipt(lines: lines, received: member.now, year: 2026), at: member.till)
                }
            case 4:
                let phone = "55512\(random.below(3))"
                _ = try member.perform { try $0.add(customer: nil, [("phone", .text(phone))], year: 2026, at: member.till) }
            case 5: try member.perform { try $0.setLimits(of: identifier("TEA"), at: store, low: 2, high: 20) }
            case 6:
                stocktake = try member.perform { try $0.openStocktake("", opened: member.now, year: 2026, at: member.till) }
            case 7:
                guard try member.replica.stocktake(stocktake, of: store).opened != nil else { break }
                let finding = Finding(
                    sku: try identifier("TEA"), zone: try identifier("shop"), counter: try identifier("c\(index)"),
                    quantity: Int64(random.below(9)), taken: member.now)
                try member.perform { try $0.count(finding, in: stocktake, of: store, at: member.now) }
            case 8:
                let goods = Dispatch(
                    to: store == 1 ? 3 : 1, lines: [StockLine(sku: try identifier("TEA"), quantity: 2)], dispatched: member.now,
                    year: 2026)
                sent.append((goods.receiver, try member.perform { try $0.dispatch(goods, at: member.till) }))
            case 9:
                guard let (receiver, number) = sent.last, receiver == store else { break }
                sent.removeLast()
                let lines = [StockLine(sku: try identifier("TEA"), quantity: Int64(1 + random.below(2)))]
                try member.perform { try $0.takeIn(transfer: number, to: store, lines, received: member.now, isLast: true) }
            case 10: try member.tend()
            case 11:
                let entries = try member.replica.inbox(about: RetailSchema.stock(of: identifier("TEA"), at: store))
                guard let entry = entries.first(where: { !$0.ways.isEmpty }) else { break }
                try member.perform { try $0.settle(entry, as: entry.ways[0].name, settled: member.now) }
            case 12 where seed > 4: try member.replica.reincarnate(as: 1_000 + UInt64(step), at: member.now)
            default: try member.take(from: members[random.below(3)])
            }
            if random.below(4) == 0 { try all[index].update(from: member.replica) }
        }
        for (member, tables) in zip(members, all) {
            try tables.update(from: member.replica)
            #expect(try contents(tables) == anew(member), "seed \(seed)")
            for row in try tables.rows("SELECT store, on_hand FROM stock WHERE sku = 'TEA'") {
                guard case .integer(let store) = row[0] else { continue }
                #expect(try row[1] == .integer(member.replica.stock(of: identifier("TEA"), at: UInt32(store)).onHand))
            }
        }
    }

    @Test func `customers that seem to be one are in the inbox until somebody says what they are`() throws {
        let till = try shop.till(1, of: 1)
        let tables = try tables()
        func told() throws -> [String] {
            try tables.update(from: till.replica)
            #expect(try contents(tables) == anew(till))
            return texts(try tables.rows("SELECT kind, differing FROM inbox WHERE settled IS NULL ORDER BY differing"))
        }
        let ids = try ["030 1234567", "12", "0301/234567", "030-1234567"].map { phone in
            try till.perform { try $0.add(customer: nil, [("phone", .text(phone))], year: 2026, at: till.till) }
        }
        let pairs = [ids[2], ids[3]].map { "duplicate-customer \(ids[0])\n\($0)" }
        #expect(try told() == pairs)
        try till.perform { try $0.settle($0.duplicate(ids[0], ids[2]), as: "different", settled: till.now) }
        #expect(try told() == [pairs[1]])
        try till.perform { try $0.settle($0.duplicate(ids[0], ids[3]), as: "merge", settled: till.now) }
        #expect(try told().isEmpty)
        try till.perform { try $0.edit(customer: ids[2], [("phone", .text("5"))]) }
        #expect(try told().isEmpty)
    }

    @Test func `tables that are damaged, or another replica's, are made again`() throws {
        let till = try shop.till(1, of: 1)
        _ = try sell(1, at: till)
        try tables().update(from: till.replica)
        let other = try shop.till(2, of: 2)
        _ = try sell(2, at: other)
        try tables().update(from: other.replica)
        #expect(try contents(tables()) == anew(other), "nothing is left of the first one's")
        let path = folder.appending(path: "shop.db")
        var bytes = try Data(contentsOf: path)
        for place in stride(from: 5_000, to: bytes.count, by: 512) { bytes[place] ^= 0xFF }
        try bytes.write(to: path)
        _ = try sell(3, at: other)
        let mended = try tables()
        try mended.update(from: other.replica)
        #expect(try contents(mended) == anew(other))
        try Data("this is no database, and never was one, whatever its name says".utf8).write(to: path)
        let made = try tables()
        try made.update(from: other.replica)
        #expect(try contents(made) == anew(other))
    }

    @Test func `the page lists the tables as they are`() throws {
        var lines: [String] = []
        for table in ShopTables.tables {
            lines += [
                "### \(table.name)", "", "\(table.help.prefix(1).uppercased())\(table.help.dropFirst()).", "",
                "| column | type | what it says |", "|---|---|---|",
            ]
            lines += table.columns.map { "| \($0.name) | \($0.type) | \($0.help) |" } + [""]
        }
        lines +=
            ["## Views", "", "| view | what it says |", "|---|---|"] + ShopTables.views.map { "| \($0.name) | \($0.help) |" }
        let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Protocol/tables.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let expected = lines.joined(separator: "\n") + "\n"
        guard !text.hasSuffix(expected) else { return }
        let head = text.components(separatedBy: "### members")[0]
        if ProcessInfo.processInfo.environment["ATOLL_WRITE_TABLES"] != nil {
            try Data((head + expected).utf8).write(to: page)
        } else {
            Issue.record("run this test with ATOLL_WRITE_TABLES=1, and look at what has changed in Protocol/tables.md")
        }
    }
}
