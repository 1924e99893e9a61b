import Foundation
import Testing

/// Figures of bytes, which no load of the machine changes, on a log of 1,000 orders.
@Suite struct BenchCommandTests {
    @Test func `what crosses a line stays small`() throws {
        let figures = try figures(of: "wire")
        try expect(figures, "bytes_per_order", atMost: 30)
        try expect(figures, "bytes_10000_moves", atMost: 400)
        try expect(figures, "bytes_per_live_sale", atMost: 60)
        try expect(figures, "bytes_per_live_sale_both_ways", atMost: 70)
        try expect(figures, "equal_bytes_each_way", atMost: 200)
        #expect(figures["equal_round_trips"] == 1)
        #expect(figures["equal_record_pages_read"] == 0)
    }

    @Test func `two halves of a chain tell each other only what is missing`() throws {
        let figures = try figures(of: "diverge")
        try expect(figures, "bytes_1pct", atMost: 3500)
        try expect(figures, "bytes_10pct", atMost: 13_000)
        try expect(figures, "bytes_nothing_missing", atMost: 400)
        #expect(figures["time_10pct_to_merge"] != nil)
    }

    @Test func `a size that nothing generates is refused`() throws {
        let outcome = try Program.run(["bench", "wire", "--size", "tinny"])
        #expect(outcome.exited && outcome.code == 2)
        #expect(outcome.errors.contains("did you mean tiny?"), "\(outcome.errors)")
    }

    private func figures(of bench: String) throws -> [String: Double] {
        let outcome = try Program.run(["bench", bench, "--size", "tiny", "--json", "--quiet"])
        try #require(outcome.exited && outcome.code == 0, "\(outcome.errors)")
        let report = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        return try #require(report?["figures"] as? [String: Double])
    }

    private func expect(_ figures: [String: Double], _ name: String, atMost bound: Double) throws {
        let value = try #require(figures[name])
        #expect(value > 0 && value <= bound, "\(name)")
    }
}
