/// What became of a run that violates an oracle, and where that stands.
struct ShrunkRun: Encodable {
    /// The path of the file that it came from.
    let scenario: String
    let seed: UInt64
    let oracle: String
    /// The path of the new one.
    let file: String
    let events: Int
    /// Before.
    let plannedEvents: Int
    let trials: Int
    let seconds: Double
    /// Nothing smaller is known; else time was over, or somebody had enough.
    let isMinimal: Bool

    private enum CodingKeys: String, CodingKey {
        case scenario, seed, oracle, file, events, trials, seconds
        case plannedEvents = "planned_events"
        case isMinimal = "minimal"
    }

    /// For a person.
    var line: String {
        "shrunk  \(file.printable): \(oracle) with \(events.counting("event")) of \(plannedEvents.grouped), after "
            + "\(trials.counting("trial")) in \(duration(seconds))\(isMinimal ? "" : "; smaller ones were not looked for to the end")"
    }
}
