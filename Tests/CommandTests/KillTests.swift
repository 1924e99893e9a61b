import Foundation
import Simulation
import Testing

/// The built program, killed at any moment and started again.
@Suite struct KillTests {
    private static let givenSeed = ProcessInfo.processInfo.environment["ATOLL_TEST_SEED"].flatMap { UInt64($0) }
    private static let stores = ["S000", "S001", "S002", "S003"]

    @Test func `an import that is killed is there whole or not at all, and none that was acknowledged is lost`() throws {
        let seed = Self.givenSeed ?? UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        let chain = try Chain.imported()
        let log = chain.folder + "/more.jsonl"
        var (acknowledged, kills, seconds) = (1, 0, 0.0)
        var before = try Self.state(of: chain)
        for number in 1... {
            if kills == 20 { break }
            try Data(Self.log(number).utf8).write(to: URL(filePath: log))
            // The first is let live, to see how long one takes.
            let life = number == 1 ? nil : Double.random(in: 0...seconds * 1.2, using: &random)
            let start = ContinuousClock.now
            let code = try Program.run(["import", log, "--dir", chain.path], secondsToLive: life).code
            if number == 1 { seconds = (ContinuousClock.now - start) / .seconds(1) }
            let after = try Self.state(of: chain)
            if code == Program.killed {
                kills += 1
                // Nobody was told, but it may be done: then all of it is.
                acknowledged = after.logs > acknowledged ? acknowledged + 1 : acknowledged
            } else {
                #expect(code == 0, "ATOLL_TEST_SEED=\(seed)")
                acknowledged += 1
            }
            let isWhole = zip(after.orders, before.orders).allSatisfy { $0 - $1 == after.logs - before.logs }
            #expect(isWhole && after.logs == acknowledged, "ATOLL_TEST_SEED=\(seed): \(before), then \(after)")
            before = after
        }
        #expect(try chain.run("exchange").code == 0)
        let check = try chain.run("check")
        #expect(check.code == 0, "ATOLL_TEST_SEED=\(seed): \(check.output)\(check.errors)")
        #expect(try Self.state(of: chain).logs == acknowledged)
    }

    @Test func `an exchange that is killed goes on where it was`() throws {
        let seed = Self.givenSeed ?? UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        var (kills, seconds) = (0, 0.0)
        for round in 1... {
            if kills >= 20 { break }
            let chain = try Chain.imported(seed: round, exchanges: false)
            var code = Program.killed
            while code == Program.killed {
                let words = ["exchange", "--dir", chain.path, "--seed", "\(round)"]
                let life = round == 1 ? nil : Double.random(in: 0...seconds * 1.1, using: &random)
                let start = ContinuousClock.now
                code = try Program.run(words, secondsToLive: life).code
                if round == 1 { seconds = (ContinuousClock.now - start) / .seconds(1) }
                kills += code == Program.killed ? 1 : 0
            }
            #expect(code == 0, "ATOLL_TEST_SEED=\(seed), round \(round)")
            let check = try chain.run("check")
            #expect(check.code == 0, "ATOLL_TEST_SEED=\(seed), round \(round): \(check.output)\(check.errors)")
        }
    }

    /// A small log of its own: an order and a receipt at each store, and a store that is new.
    private static func log(_ number: Int) -> String {
        var lines = [#"{"k":"h","v":1,"stores":5,"skus":1,"customers":1,"t0":1767225600000}"#]
        for (index, store) in (stores + ["N\(number)"]).enumerated() {
            let time = 1_767_225_600_000 + index
            let (n, id) = (2 * index, "K\(number)-\(store)")
            lines += [
                #"{"k":"r","n":\#(n),"t":\#(time),"r":"\#(store)","id":"R\#(id)","l":[["P00001",5]]}"#,
                #"{"k":"o","n":\#(n + 1),"t":\#(time),"r":"\#(store)","id":"\#(id)","c":"C1","pm":"card","tot":5,"l":[["P00001",2,2]],"p":7}"#,
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What is to be seen of a chain: how many logs it says were imported, and how many orders each of four stores has.
    private struct State: Equatable {
        let logs: Int
        let orders: [Int]
    }

    private static func state(of chain: Chain) throws -> State {
        let orders = try stores.map { store in
            let shown = try chain.run("show", "order", "--replica", store, "--json")
            guard shown.code == 0 else { throw Chain.Failure(text: shown.errors) }
            return try JSONDecoder().decode([Order].self, from: Data(shown.output.utf8)).count { $0.id.hasSuffix("-" + store) }
        }
        let register = try Data(contentsOf: URL(filePath: chain.path + "/chain.json"))
        return State(logs: try JSONDecoder().decode(Register.self, from: register).logs.count, orders: orders)
    }

    private struct Order: Decodable {
        let id: String
    }

    private struct Register: Decodable {
        let logs: [Log]

        struct Log: Decodable {}
    }
}
