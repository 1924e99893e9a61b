import Foundation
import Testing

/// The benchmarks that run HQ as a process of its own, small: whether they still find everything where it must be.
@Suite struct LoadBenchTests {
    private struct Report: Decodable {
        let bench: String
        let figures: [String: Double]
    }

    private func run(_ words: String...) throws -> Report {
        let outcome = try Program.run(["bench"] + words + ["--quiet", "--json"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        return try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
    }

    @Test func `a catch-up brings every order to HQ, and HQ's till sells meanwhile`() throws {
        let report = try run("catchup", "--orders", "3000")
        #expect(report.bench == "catchup")
        #expect(report.figures.keys.sorted().contains("ratio_to_merge"))
        #expect(report.figures["sale_p99_ms_during"] ?? .nan > 0)
    }

    @Test func `stores of two regions are all current after HQ has come back`() throws {
        let report = try run("fanin", "--stores", "120")
        #expect(report.figures["stores"] == 120)
        #expect(report.figures["seconds"] ?? .nan >= report.figures["median_seconds"] ?? .nan)
        #expect(report.figures["hq_idle_cpu_percent"] ?? .nan >= 0)
    }
}
