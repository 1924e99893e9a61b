import Simulation
import Testing

/// An oracle that nothing can make fire watches over nothing.
@Suite struct OracleTests {
    private static let folder = "oracles/"

    @Test(arguments: Oracles.names)
    func `an oracle has a small scenario that violates it before all others`(_ oracle: String) throws {
        let scenario = try #require(try ProjectScenarios.all().first { $0.name == Self.folder + oracle + ".json" }?.scenario)
        #expect(scenario.violates == oracle)
        for seed in 1...3 as ClosedRange<UInt64> {
            let report = try RunReport(playing: Plan(scenario, seed: seed))
            #expect(report.violation?.oracle == oracle, "seed \(seed): \(String(describing: report.violation))")
        }
    }

    @Test func `nothing else is among them`() throws {
        let names = try ProjectScenarios.all().map(\.name).filter { $0.hasPrefix(Self.folder) }
        #expect(Set(names) == Set(Oracles.names.map { Self.folder + $0 + ".json" }))
    }
}
