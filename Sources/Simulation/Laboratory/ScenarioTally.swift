/// What came of all runs of one scenario: what was found, and whether enough was tried to say anything.
public struct ScenarioTally: Sendable {
    public private(set) var runs = 0
    public private(set) var violations: [RunReport] = []
    public private(set) var transactions = 0
    public private(set) var simulatedMilliseconds: Int64 = 0
    public private(set) var diskStrikes = 0
    /// By their kinds.
    public private(set) var acts: [String: ActCount] = [:]
    private let violates: String?
    /// Somebody has written down what happens: whether that is enough was up to them.
    private let isWrittenDown: Bool
    private let faultKinds: [String]
    /// How many acts each fault has drawn; nil for one that every seed has left out.
    private var faultActs: [Int?]

    public init(_ scenario: Scenario) {
        violates = scenario.violates
        isWrittenDown = scenario.seed != nil && scenario.work.isEmpty && scenario.faults.isEmpty
        faultKinds = scenario.faults.map { type(of: $0.fault).kind }
        faultActs = Array(repeating: nil, count: scenario.faults.count)
    }

    public mutating func add(_ report: RunReport) {
        runs += 1
        transactions += report.transactions
        diskStrikes += report.diskStrikes
        simulatedMilliseconds += report.simulatedMilliseconds
        for (kind, count) in report.acts {
            acts[kind, default: ActCount()].done += count.done
            acts[kind, default: ActCount()].effective += count.effective
        }
        for (index, count) in report.faultActs.enumerated() {
            if let count { faultActs[index] = (faultActs[index] ?? 0) + count }
        }
        if report.violation != nil { violations.append(report) }
    }

    /// Runs that found what they should not have, or did not find what the scenario is there to show.
    public var failures: [RunReport] { violations.filter { $0.violation?.oracle != violates } }

    /// The scenario must make an oracle fire, and it did not.
    public var missesViolation: Bool { violates != nil && runs > 0 && violations.isEmpty }

    /// What was asked for and never happened: then nothing is proved. One line each.
    public var shortcomings: [String] {
        guard !isWrittenDown else { return [] }
        var lines: [String] = []
        if runs > 0, transactions == 0 { lines.append("nobody has written anything") }
        for (index, count) in faultActs.enumerated() where count == 0 {
            lines.append("the fault \(index + 1), \(faultKinds[index]), never came")
        }
        for (kind, count) in acts.sorted(by: { $0.key < $1.key }) where count.effective == 0 {
            lines.append("\(kind) was tried \(count.done) times and never had an effect")
        }
        if acts[FailDisk.kind] != nil, diskStrikes == 0 { lines.append("\(FailDisk.kind) never struck") }
        return lines
    }
}
