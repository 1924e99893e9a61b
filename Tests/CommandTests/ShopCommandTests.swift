import Foundation
import Testing

/// A store's day by commands, as a clerk types them: at a directory that nobody runs, and at a running node.
@Suite struct ShopCommandTests {
    /// HQ with a small catalogue, in a directory that nobody runs.
    private func shop() throws -> Chain {
        let chain = try Chain()
        #expect(try Program.run(["init", "--dir", chain.path, "--listen", "127.0.0.1:\(freePort())"]).code == 0)
        for words in [
            ["tax", "food", "700"], ["edit", "TEA", "--name", "Green tea", "--tax", "food"], ["price", "TEA", "350"],
            ["edit", "APPLE", "--name", "Apples", "--unit", "gram"], ["price", "APPLE", "299"],
            ["code", "4006381333931", "TEA"],
        ] {
            let outcome = try Program.run(["product"] + words + ["--dir", chain.path])
            #expect(outcome.code == 0, "\(outcome.errors)")
        }
        return chain
    }

    private func ask(_ chain: Chain, _ words: String...) throws -> Program.Outcome {
        try Program.run(words + ["--dir", chain.path])
    }

    /// What a command prints for programs.
    private func json(_ chain: Chain, _ words: String...) throws -> [String: Any] {
        let outcome = try Program.run(words + ["--dir", chain.path, "--json"])
        #expect(outcome.code == 0, "\(words): \(outcome.errors)")
        return try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    }

    private func list(_ chain: Chain, _ words: String...) throws -> [[String: Any]] {
        let outcome = try Program.run(words + ["--dir", chain.path, "--json"])
        #expect(outcome.code == 0, "\(words): \(outcome.errors)")
        return try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
    }

    private func day(_ chain: Chain) throws {
        #expect(
            try json(chain, "stock", "receive", "TEA:20,APPLE:5000", "--supplier", "ACME")["number"] as? String
                == "R.0-\(year)-000001")
        #expect(try json(chain, "day", "open", "--float", "10000")["number"] as? String == "D.0-\(year)-000001")
        let kim = try #require(
            try json(chain, "customer", "add", "--name", "Kim Li", "--phone", "030 1234567", "--tags", "vip, early")["id"]
                as? String)
        let sale = try json(chain, "order", "sell", "4006381333931:2,APPLE:500", "--customer", kim)
        let number = try #require(sale["number"] as? String)
        #expect(number == "0-\(year)-000001" && sale["total"] as? Int == 850 && sale["paid"] as? Int == 850)
        let ordered = try #require(
            try json(
                chain, "order", "place", "pickup", #"[{"sku":"TEA","quantity":3,"note":"gift"}]"#, "--customer", kim, "--note",
                "with a ribbon")["number"]
                as? String)
        #expect(try list(chain, "stock", "show", "--sku", "TEA").first?["reserved"] as? Int == 3)
        #expect(try json(chain, "order", "hand-over", ordered)["status"] as? String == "done")
        #expect(try json(chain, "order", "pay", ordered, "card:1050")["paid"] as? Int == 1050)
        #expect(try json(chain, "order", "refund", number, "TEA:1")["total"] as? Int == -350)
        #expect(try json(chain, "stock", "write-off", "TEA:1:broken")["worth"] as? Int == 350)
        #expect(try json(chain, "day", "cash", "-500", "to the bank")["amount"] as? Int == -500)
        let why = try json(chain, "stock", "why", "TEA")
        #expect(why["on_hand"] as? Int == 15 && why["other"] as? Int == 0 && (why["movements"] as? [Any])?.count == 5)
        let stocktake = try #require(try json(chain, "stock", "open-count", "--name", "March")["number"] as? String)
        #expect(try json(chain, "stock", "count", stocktake, "TEA", "14", "ann")["booked"] as? Int == 15)
        #expect(try json(chain, "stock", "why", "TEA")["on_hand"] as? Int == 14)
        let report = try #require((try json(chain, "day", "close", "9999")["reports"] as? [[String: Any]])?.first)
        let figures = try #require(report["figures"] as? [String: Int])
        #expect(
            figures["sold"] == 1900 && figures["returned"] == 350
                && figures["cash difference"] == 9999 - (10000 + 850 - 350 - 500))
        #expect(try list(chain, "customer", "find", "1234").map { $0["id"] as? String } == [kim])
        #expect(try list(chain, "customer", "find", "im l").map { $0["id"] as? String } == [kim])
        #expect(try list(chain, "order", "list", "--customer", kim).count == 3, "the refund is the customer's, too")
        #expect(try list(chain, "order", "list", "--text", "ribbon").map { $0["number"] as? String } == [ordered])
        #expect(try (json(chain, "order", "show", number)["lines"] as? [Any])?.count == 2)
        #expect(try json(chain, "product", "scan", "4006381333931")["on_hand"] as? Int == 14)
        #expect(try list(chain, "product", "find", "green").map { $0["price"] as? Int } == [350])
    }

    /// Two digits of this machine's year.
    private var year: String { String(Calendar.current.component(.year, from: Date()) % 100) }

    @Test func `a clerk's day, at a directory that nobody runs`() throws {
        try day(shop())
    }

    @Test func `a clerk's day, at a running node`() throws {
        let chain = try shop()
        let node = NodeProcess("HQ", in: chain.path)
        try node.start()
        defer { node.kill() }
        try day(chain)
        let before = try ask(chain, "sql", "select count(*) from orders").output
        // The power goes right behind the receipt.
        let sale = try json(chain, "order", "sell", "TEA:1")
        node.kill()
        #expect(try ask(chain, "order", "show", try #require(sale["number"] as? String)).code == 0)
        #expect(
            try ask(chain, "sql", "select count(*) - 1 from orders").output.split(separator: "\n").last
                == before.split(separator: "\n").last)
    }

    @Test(arguments: [
        (["order", "sell", "NONE:1"], "lines[0].sku"),
        (["order", "sell", "TEA:x"], "lines[0].quantity: This is not a whole number"),
        (["order", "sell", "TEA:0"], "lines[0].quantity"), (["order", "sell", "TEA:1:350:400"], "lines[0].discount"),
        (["order", "sell", "TEA:9223372036854775807"], "lines[0].quantity"),
        (["order", "sell", "TEA:1:350:0:gift:more"], "lines[0]"),
        (["order", "sell", "TEA:1", "--payments", "cash:1"], "payments"),
        (["order", "sell", "[{\"sku\":\"TEA\",\"price\":1}]"], "lines[0].price"),
        (["order", "sell", "[{\"sku\":\"TEA\",\"quantity\":1.5}]"], "lines"), (["order", "sell", ""], "lines"),
        (["order", "refund", "0-26-000001", "TEA:1"], "lines[0]"), (["order", "cancel", "0-26-000001"], "There is no order"),
        (["order", "advance", "0-26-000001", "gone"], "confirmed, picking, ready, done"),
        (["product", "code", "4006381333932", "TEA"], "last digit"),
        (["product", "scan", "4006381333932"], "last digit"), (["product", "price", "TEA", "-1"], "amount"),
        (["product", "price", "NONE", "1"], "sku"),
        (["product", "tax", "food", "10001"], "hundredths"), (["stock", "receive", "TEA:1:2"], "lines[0]"),
        (["stock", "send", "S077", "TEA:1"], "to: There is no store"),
        (["stock", "take-in", "T.1-26-000001", "--lines", "TEA:-1"], "quantity"),
        (["stock", "count", "C.0-26-000009", "TEA", "1", "ann"], "stocktake"), (["day", "close", "0"], "Open one first"),
        (["day", "open", "--date", "20261399"], "date"), (["day", "show", "D.0-26-000001"], "day"),
        (["customer", "edit", "NOBODY", "--name", "x"], "id"),
        (["customer", "show", "NOBODY"], "id"), (["inbox", "settle", "oversold.0", "accept"], "inbox"),
        (["order", "sel", "TEA:1"], "did you mean sell?"),
        (["order"], "say what is to be done"), (["order", "sell"], "LINES is missing"), (["ordr"], "did you mean order?"),
    ])
    func `what cannot be is refused in words that name the field, and changes nothing`(_ words: [String], _ text: String) throws
    {
        let chain = try shop()
        let before = try ask(
            chain, "sql", "select (select count(*) from orders), (select count(*) from movements), (select count(*) from days)"
        ).output
        let outcome = try Program.run(words + ["--dir", chain.path])
        #expect(outcome.exited && outcome.code == 2 && outcome.output.isEmpty, "\(outcome.code)")
        #expect(outcome.errors.contains(text), "\(outcome.errors)")
        let after = try ask(
            chain, "sql", "select (select count(*) from orders), (select count(*) from movements), (select count(*) from days)"
        ).output
        #expect(after == before)
    }

    @Test func `what is asked again under its key is done once, also behind a loss of power`() throws {
        let chain = try shop()
        let node = NodeProcess("HQ", in: chain.path)
        try node.start()
        defer { node.kill() }
        let first = try json(chain, "order", "sell", "TEA:2", "--key", "till-7-000001")
        #expect(try json(chain, "order", "sell", "TEA:2", "--key", "till-7-000001") as NSDictionary == first as NSDictionary)
        node.kill()
        #expect(try json(chain, "order", "sell", "TEA:2", "--key", "till-7-000001") as NSDictionary == first as NSDictionary)
        #expect(try ask(chain, "sql", "select count(*) as n from orders").output == "n\n1\n")
        #expect(
            try ask(chain, "order", "sell", "TEA:3", "--key", "till-7-000001").errors.contains("Something else was asked for"))
        #expect(
            try ask(chain, "stock", "receive", "TEA:2", "--key", "till-7-000001").errors.contains(
                "Something else was asked for"))
        #expect(try ask(chain, "order", "sell", "TEA:2", "--key", "7.00000001").errors.contains("is a key of till 7"))
        #expect(try ask(chain, "order", "sell", "TEA:2", "--key", "short").errors.contains("This is no key"))
        #expect(try ask(chain, "order", "sell", "TEA:1:350:400", "--key", "till-7-000002").code == 2)
        #expect(
            try json(chain, "order", "sell", "TEA:1", "--key", "till-7-000002")["total"] as? Int == 350,
            "what was refused was not done")
        #expect(try ask(chain, "sql", "select count(*) as n from orders").output == "n\n2\n")
    }

    @Test func `an order is changed line by line, and prices hold by tier and scale`() throws {
        let chain = try shop()
        let number = try #require(
            try json(chain, "order", "place", "delivery", "TEA:3", "--address", "Main Street 1")["number"] as? String)
        #expect(try json(chain, "order", "add", number, "APPLE:1000")["total"] as? Int == 1349)
        let lines = try #require(try json(chain, "order", "show", number)["ordered"] as? [[String: Any]])
        let tea = try #require(lines.first { $0["sku"] as? String == "TEA" }?["line"] as? String)
        #expect(try json(chain, "order", "change", number, tea, "--quantity", "1", "--discount", "50")["total"] as? Int == 599)
        #expect(try json(chain, "order", "advance", number, "ready")["status"] as? String == "ready")
        #expect(try ask(chain, "order", "change", number, "none", "--quantity", "1").code == 2)
        #expect(try json(chain, "order", "cancel", number)["status"] as? String == "cancelled")
        #expect(try ask(chain, "order", "add", number, "TEA:1").code == 2)
        #expect(
            try json(chain, "product", "list", "1", "--name", "Gold", "--base", "0", "--discount", "1000")["list"] as? Int == 1)
        #expect(try ask(chain, "product", "list-for", "--tier", "gold", "--list", "1").code == 0)
        #expect(try ask(chain, "product", "list-for", "--list", "1").code == 2)
        #expect(try ask(chain, "customer", "add", "--id", "KIM", "--tier", "gold").code == 0)
        #expect(try json(chain, "order", "sell", "TEA:1", "--customer", "KIM")["total"] as? Int == 315)
        #expect(try json(chain, "product", "scan", "TEA", "--customer", "KIM")["unit_price"] as? Int == 315)
        #expect(try ask(chain, "product", "scale", "21IIIIIWWWWWC").code == 0)
        #expect(try ask(chain, "product", "code", "2100012", "APPLE").code == 0)
        #expect(try json(chain, "product", "scan", "2100012012348")["quantity"] as? Int == 1234)
        #expect(try ask(chain, "product", "scale", "31IIIIIWWWWWC").code == 2)
        #expect(try json(chain, "customer", "credit", "KIM", "--limit", "1000", "--term-days", "14")["limit"] as? Int == 1000)
        #expect(try json(chain, "order", "sell", "TEA:3", "--customer", "KIM", "--tender", "account")["total"] as? Int == 945)
        #expect(try ask(chain, "order", "sell", "TEA:1", "--customer", "KIM", "--tender", "account").code == 2, "55 are left")
        #expect(try json(chain, "customer", "pay", "KIM", "900")["balance"] as? Int == 45)
        #expect(try json(chain, "customer", "show", "KIM")["credit_limit"] as? Int == 1000)
        #expect(try json(chain, "order", "goodwill", "0", "500")["minted"] as? Int == 500)
    }

    @Test func `every deed explains itself`() throws {
        let help = try Program.run(["help"]).output
        for subject in ["product", "order", "stock", "customer", "day", "inbox"] {
            #expect(help.contains("\n  \(subject) "))
            let overview = try Program.run([subject, "--help"])
            #expect(overview.code == 0)
            let verbs = overview.output.split(separator: "\n").filter { $0.hasPrefix("  \(subject) ") }.compactMap {
                $0.split(separator: " ").dropFirst().first
            }
            #expect(verbs.count > 1)
            for verb in verbs {
                let outcome = try Program.run([subject, String(verb), "--help"])
                #expect(outcome.code == 0 && outcome.output.contains("Usage: atoll \(subject) \(verb)"), "\(verb)")
            }
        }
    }

    @Test func `what needs a person is listed and settled by its id`() throws {
        let chain = try shop()
        _ = try json(chain, "order", "sell", "TEA:3")
        let entry = try #require(try list(chain, "inbox", "list").first)
        #expect(entry["kind"] as? String == "oversold")
        let id = try #require(entry["id"] as? String)
        #expect(try ask(chain, "inbox", "settle", id, "nonsense").errors.contains("Choose one of: accept."))
        #expect(try ask(chain, "inbox", "settle", id, "accept", "--by", "ann", "--note", "theft").code == 0)
        #expect(try list(chain, "inbox", "list").isEmpty)
        #expect(try list(chain, "inbox", "list", "--settled").first?["note"] as? String == "theft")
        for name in ["Kim", "Kim Li"] { _ = try json(chain, "customer", "add", "--name", name, "--phone", "030 1234567") }
        let pair = try #require(try list(chain, "inbox", "list").first)
        #expect(pair["kind"] as? String == "duplicate-customer")
        #expect(try ask(chain, "inbox", "settle", try #require(pair["id"] as? String), "merge").code == 0)
        #expect(try list(chain, "inbox", "list").isEmpty)
        #expect(try list(chain, "customer", "find", "1234567").count == 1)
    }
}
