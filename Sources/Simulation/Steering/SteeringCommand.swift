/// What somebody types who steers a run.
public enum SteeringCommand: Sendable {
    /// Time goes on.
    case run(milliseconds: Int64)
    /// Something happens now.
    case act([any Act])
    /// The line between two machines is as good as new; all lines, if none is named.
    case heal((one: Int, other: Int)?)
    /// Work and faults are over, all is whole, and everybody must come to agree.
    case settle
    /// How one machine stands; all of them and their lines, if none is named.
    case show(node: Int?)
    /// What has happened is written down as a scenario.
    case save(path: String)
    case help
    case quit
}

extension SteeringCommand {
    /// What can be typed, and what it does.
    public static let forms: [(typed: String, meaning: String)] = [
        ("run TIME", "time goes on, and the scenario's own work and faults with it: 500ms, 30s, 10m or 2h"),
        ("cut A B [one-way]", "nothing arrives between two machines any more, or nothing from A at B; 0 is HQ"),
        ("heal A B, heal all", "a line is as good as new again, or all lines are"),
        ("tear A B", "the connections between two machines break, and both are told"),
        ("kill A", "the program is killed"),
        ("power A [KEEPING]", "the power fails; the disk keeps of what was not synced: \(survivals)"),
        ("start A", "a machine that is off is switched on"),
        ("pause A TIME", "a machine stops for a while, and goes on"),
        ("sell A ORDER SKU COUNT ...", "a till sells, each piece at 1.00"),
        ("receive A RECEIPT SKU COUNT ...", "goods come in"),
        ("{\"kind\": ...}", "any other act, as it stands in a scenario's events, but without \"at\""),
        ("show, show A", "how all machines and lines stand, or one machine in each scope"),
        ("settle", "work and faults are over, all is whole: everybody must come to agree, and the run ends"),
        ("save FILE", "write down what has happened so far, as a scenario that plays again by itself"),
        ("help, quit", ""),
    ]

    private static var survivals: String { Survival.allCases.map(\.rawValue).joined(separator: ", ") }
}

/// Why what was typed cannot be done, in a sentence for whoever has typed it.
public struct SteeringError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
