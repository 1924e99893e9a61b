import Foundation
import Simulation
import Testing

@Suite struct MainJobTests {
    private struct Stock: Decodable, Hashable {
        let sku: String
        let location: String
        let on_hand: Int64
    }

    private struct Order: Decodable {
        let id: String
        let status: String
        let lines: [Line]

        struct Line: Decodable {
            let sku: String
        }
    }

    @Test(arguments: [1, 7, 42])
    func `an imported and exchanged log is the same everywhere, and is what the log says`(_ seed: Int) throws {
        let chain = try Chain.imported(seed: seed)
        let check = try chain.run("check", "--json")
        #expect(check.code == 0, "\(check.errors)")
        #expect(check.output.contains(#""holds":true"#))
        #expect(check.output.contains(#""missing":[],"difference_count":0"#))
        let again = try chain.run("exchange")
        #expect(again.output == "Nothing is missing at any of the 5 replicas.\n")
        let shown = try chain.run("show", "stock", "--replica", "HQ", "--json")
        let stock = try JSONDecoder().decode([Stock].self, from: Data(shown.output.utf8))
        #expect(Set(stock) == Set(try onHand(chain.log)))
    }

    private func onHand(_ log: String) throws -> [Stock] {
        var sums: [[String]: Int64] = [:]
        var reader = try LogReader(path: log)
        while let event = try reader.next() {
            switch event.kind {
            case .order(let order):
                for line in order.lines { sums[[line.sku, event.replica], default: 0] -= line.quantity }
            case .receipt(let receipt):
                for line in receipt.lines { sums[[line.sku, event.replica], default: 0] += line.quantity }
            case .status, .customer: break
            }
        }
        return sums.map { Stock(sku: $0.key[0], location: $0.key[1], on_hand: $0.value) }
    }

    @Test func `replicas that have not met differ, and check says who lacks what`() throws {
        let chain = try Chain.imported(exchanges: false)
        let before = try chain.contents()
        let check = try chain.run("check")
        #expect(check.code == 1)
        #expect(check.output.contains("HQ lacks"))
        #expect(check.output.contains("S000 lacks"))
        #expect(check.errors.contains("have not exchanged everything. Run: atoll exchange --dir"))
        #expect(try chain.contents() == before, "checking changes nothing")
    }

    @Test func `another seed of the exchange leads to the same state`() throws {
        let (one, other) = (try Chain.imported(exchanges: false), try Chain.imported(exchanges: false))
        #expect(try one.run("exchange", "--seed", "1").code == 0)
        #expect(try other.run("exchange", "--seed=99").code == 0)
        for what in ["stock", "order", "customer"] {
            for replica in ["HQ", "S002"] {
                let left = try one.run("show", what, "--replica", replica, "--json")
                let right = try other.run("show", what, "--replica", replica, "--json")
                #expect(left.code == 0)
                if what != "customer" { #expect(left.output == right.output, "\(what) at \(replica)") }
            }
        }
    }

    @Test func `one order, one SKU and one customer can be asked for`() throws {
        let chain = try Chain.imported()
        let outcome = try chain.run("show", "order", "S000-0000001", "--replica", "S000", "--json")
        let orders = try JSONDecoder().decode([Order].self, from: Data(outcome.output.utf8))
        #expect(orders.map(\.id) == ["S000-0000001"])
        let sku = try #require(orders.first?.lines.first?.sku)
        let stock = try chain.run("show", "stock", sku, "--replica=HQ", "--location", "S000")
        #expect(stock.output.split(separator: "\n").count == 2, "a title and one line")
        #expect(try chain.run("show", "customer", "C0000000", "--replica", "HQ").output.contains("C0000000"))
    }

    @Test func `a log may come through a pipe, and is recognised however it is packed`() throws {
        let chain = try Chain()
        let made = try Program.run(["generate", "--size", "tiny"])
        #expect(try chain.run("import", "-", input: made.output).code == 0)
        try Data(made.output.replacing(",\"k\"", with: ", \"k\"").utf8).write(to: URL(fileURLWithPath: chain.log))
        let again = try chain.run("import", chain.log)
        #expect(again.code == 3)
        #expect(again.errors.contains("was imported before"))
        let packed = try chain.run("import", chain.path + "/logs/0001.jsonl.zst")
        #expect(packed.code == 3)
        #expect(packed.errors.contains("was imported before"))
    }

    @Test func `a second log brings a new store, and check covers both`() throws {
        let chain = try Chain.imported()
        let second = """
            {"k":"h","v":1,"stores":1,"skus":1,"customers":1,"t0":1767225600000}
            {"k":"r","n":0,"t":1767225600001,"r":"新店","id":"N-R1","l":[["P00001",5]]}
            {"k":"o","n":1,"t":1767225600002,"r":"新店","id":"N-1","c":"C1","pm":"card","tot":5,"l":[["P00001",2,2]],"p":7}
            {"k":"s","n":2,"t":1767225600003,"r":"HQ","id":"N-1","st":"settled"}
            {"k":"s","n":3,"t":1767225600004,"r":"S001","id":"N-1","st":"returned"}
            {"k":"c","n":4,"t":1767225600005,"r":"S000","id":"C1","f":{"tier":"gold"},"p":-2}

            """
        #expect(try chain.run("import", "-", input: second).code == 0)
        #expect(try chain.run("check").code == 1)
        #expect(try chain.run("exchange").code == 0)
        let check = try chain.run("check")
        #expect(check.code == 0, "\(check.output)\(check.errors)")
        let order = try chain.run("show", "order", "N-1", "--replica", "新店", "--json")
        #expect(order.output.contains(#""status":"audited""#), "settled and returned wait for an audit")
        #expect(try chain.run("show", "customer", "C1", "--replica", "HQ", "--json").output.contains(#""points":5"#))
    }
}
