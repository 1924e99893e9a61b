import Foundation
import Testing

/// What a replica holds, asked in SQL.
@Suite struct SQLCommandTests {
    private func ask(_ chain: Chain, _ words: String..., input: String = "") throws -> Program.Outcome {
        try Program.run(["sql"] + words + ["--dir", chain.path + "/HQ"], input: Data(input.utf8))
    }

    @Test func `a question is answered as a table or as JSON, of what is there when it is asked`() throws {
        let chain = try Chain.imported(exchanges: false)
        let question = "select count(*) as orders, sum(total) as money, avg(total) as mean from orders where placed > 0"
        #expect(try ask(chain, question).output == "orders  money  mean\n0       -      -\n")
        #expect(try Program.run(["exchange", "--dir", chain.path, "--quiet"]).code == 0)
        let outcome = try ask(chain, question, "--json")
        let rows = try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
        let orders = try #require(rows.first?["orders"] as? Int)
        #expect(orders > 0 && rows.first?["money"] is Int && rows.first?["mean"] is Double)
        #expect(
            try ask(chain, "-", input: "select count(*) as orders\nfrom orders where placed > 0;\n").output
                == "orders\n\(orders)\n")
        let shown = try Program.run(["show", "stock", "--dir", chain.path, "--replica", "HQ", "--json"]).output
        let stock = try #require(JSONSerialization.jsonObject(with: Data(shown.utf8)) as? [[String: Any]])
        let sum = stock.reduce(0) { $0 + ($1["on_hand"] as? Int ?? 0) }
        #expect(sum != 0)
        let summed = try ask(chain, "select sum(on_hand) as sum, sum(provisional) as open from stock", "--json")
        #expect(summed.output == "[\n{\"sum\":\(sum),\"open\":0}\n]\n")
        let none = try ask(chain, "select * from stock where store = 999")
        #expect(none.code == 0 && none.output.isEmpty && none.errors == "atoll: there is no such row.\n")
        #expect(try ask(chain, "--tables").output.contains("\norders"))
    }

    @Test(arguments: [
        ("select * from nowhere", "no such table: nowhere"), ("selec 1", "syntax error"),
        ("delete from orders", "changes nothing"),
        ("drop view catalogue", "changes nothing"), ("select 1; select 2", "one question at a time"),
        ("", "one question at a time"),
        ("  ", "one question at a time"), ("attach '/etc/passwd' as p", "too many attached databases"),
        ("select text from search where text match 'a\"'", "cannot be answered"), ("a\0b", "syntax error"),
    ])
    func `what is no question is refused, and changes nothing`(_ question: String, _ words: String) throws {
        let chain = try Chain.imported()
        let before = try ask(chain, "select count(*) from orders").output
        let outcome = try question.contains("\0") ? ask(chain, "-", input: question) : ask(chain, question)
        #expect(outcome.exited && [2, 3].contains(outcome.code) && outcome.output.isEmpty, "\(outcome.output)")
        #expect(
            outcome.errors.contains(words) || question.contains("\0") && outcome.errors.contains("zero byte"),
            "\(outcome.errors)")
        #expect(try ask(chain, "select count(*) from orders").output == before)
    }

    @Test func `tables that are gone or spoiled are made again`() throws {
        let chain = try Chain.imported()
        let question = "select store, count(*), sum(on_hand) from stock group by store"
        let before = try ask(chain, question).output
        let path = chain.path + "/HQ/shop.db"
        try FileManager.default.removeItem(atPath: path)
        #expect(try ask(chain, question).output == before)
        try Data(repeating: 0x41, count: 100_000).write(to: URL(fileURLWithPath: path))
        #expect(try ask(chain, question).output == before)
        #expect(try Program.run(["check", "--dir", chain.path]).code == 0, "they are nobody's business but their own")
        let outcome = try Program.run(["sql", "select 1", "--dir", chain.folder + "/none"])
        #expect(outcome.code == 3 && outcome.errors.contains("no such file or directory"), "\(outcome.errors)")
    }
}
