public import Replica

/// Watches a run and says what must not be. It knows the journal of what was acknowledged, and reads replicas as anybody would;
/// it never asks the engine what should be there.
public protocol Oracle: SendableMetatype {
    /// As scenario files and reports name it.
    static var name: String { get }

    init()

    /// - Throws: `Violation`; whatever else a replica throws is one, too.
    mutating func observe(_ observation: Observation, in laboratory: Laboratory) throws
}

/// What oracles hear of.
public enum Observation: Sendable {
    /// A machine was switched on, and its replica is open.
    case started(node: Int)
    /// Something is new and durable at a machine in these scopes.
    case changed(node: Int, [Scope])
    /// Work and faults are over: all lines are whole and all machines on from now on, and nobody has heard of that yet.
    case whole
    /// Whatever was missing has had its time, and nobody writes any more. Not in a run that settles for a short time only.
    case settled
    /// The run is over: all lines are whole and all machines on, for as long as the scenario gives them.
    case ended
}

extension Oracle {
    static func violation(_ detail: String, at node: Int?, in laboratory: Laboratory) -> Violation {
        Violation(oracle: name, time: laboratory.world.now, node: node, detail: detail)
    }
}

/// All oracles. A new one is a file beside these, and a line here.
public enum Oracles {
    public static let all: [any Oracle.Type] = [
        AcknowledgedKept.self, NothingInvented.self, StateIsFold.self, EqualKnowledge.self,
        Causality.self,
        ForgeriesMarked.self,
        StatusNeverBack.self,
        InSync.self,
        LosersKept.self,
        BoundedCounters.self,
        FencesHold.self,
        Readings.self,
        Clocks.self,
        BytesBounded.self,
        MemoryBounded.self,
        VersionsApart.self,
        NoBreach.self,
        MarksGo.self,
        WritesStop.self,
        Convergence.self,
    ]

    /// All that can be violated: what no oracle has to look for is found by whoever plays a run.
    public static var names: [String] { all.map { $0.name } + ["durable_prefix", "refusals", "no_trouble"] }

    /// By the names in scenario files.
    public static func named(_ name: String) -> (any Oracle.Type)? { all.first { $0.name == name } }
}
