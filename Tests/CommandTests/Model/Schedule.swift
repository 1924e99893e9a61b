import Foundation
import Replica
import Simulation

/// A run that the simulator has drawn, ordered so that who has seen what is the same among simulated and real machines.
///
/// Acts keep their order. Barriers stand between them: there everybody waits until those who reach each other agree. One comes
/// before whoever writes in a scope in which somebody within reach has written since the last one, and before some of the cuts
/// and kills that could catch a write on its way. After the others nobody knows who holds that write until all have met: what
/// people do meanwhile with such scopes where it matters is left out, and so is the comparison of them.
struct Schedule {
    enum Step {
        case act(PlayedAct, PlannedEvent)
        case barrier(Barrier)
    }

    struct Barrier {
        /// The simulated time, in milliseconds.
        let time: Int64
        /// Each must agree on what is meant for all of its machines.
        let groups: [[Int]]
        /// Those that are on.
        let machines: [Int]
        let lines: [(one: Int, other: Int)]
        /// By machine, what is not compared.
        let doubtful: [Int: Set<Scope>]
    }

    let seed: UInt64
    private(set) var plan: Plan
    private(set) var steps: [Step] = []
    /// How many acts are left out because nobody knows what their writer would see.
    private(set) var omittedCount = 0
    private var causality: Causality
    private var random: SeededRandom
    private var time: Int64 = 0

    /// Between two acts, in simulated milliseconds.
    private static let stepMilliseconds: Int64 = 1_000
    /// Until all agree, in simulated milliseconds: long enough for machines that were cut off silently to notice and dial again.
    private static let barrierMilliseconds: Int64 = 5 * 60_000

    init(seed: UInt64) throws {
        self.seed = seed
        plan = Plan(try Scenario.read(Array(Self.scenario(seed).utf8), named: "model.json"), seed: seed)
        (causality, random) = (Causality(plan), SeededRandom(seed: seed))
        let drawn = plan.events
        plan.events = []
        for event in drawn where try Self.isPlayable(event, in: drawn) { try add(event) }
        try addBarrier()
        plan.length = time + Self.stepMilliseconds
    }

    /// When the simulated machine does something, by its clock, in milliseconds since 1970.
    func wall(at time: Int64) -> Int64 { plan.wall + time }

    /// As a scenario file says it.
    static func text(of event: PlannedEvent) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(event), as: UTF8.self)
    }

    /// Two or three stores that see HQ alone, or their neighbours, too.
    private static func scenario(_ seed: UInt64) -> String {
        let stores = 2 + Int(seed / 2 % 2)
        let pairs = (1..<stores).map { "[\($0), \($0 + 1)]" }.joined(separator: ", ")
        let islands = seed % 2 == 0 ? "" : "\"islands\": [\(pairs)],"
        return """
            {
              "about": "An hour of trade while lines come and go.", "stores": \(stores), \(islands)
              "minutes": 60, "swarm": false,
              "work": [
                {"kind": "sales", "per_hour": 4, "skus": 12, "customers": 4}, {"kind": "deliveries", "per_hour": 1, "skus": 12},
                {"kind": "status_changes", "per_hour": 14}, {"kind": "customer_edits", "per_hour": 24, "customers": 4},
                {"kind": "retries", "per_hour": 5}
              ],
              "faults": [
                {"kind": "outage", "from": 15, "minutes": 20}, {"kind": "flapping", "per_hour": 2, "minutes": 60},
                {"kind": "torn_lines", "per_hour": 0.4}, {"kind": "half_open", "per_hour": 1}, {"kind": "kills", "per_hour": 0.6, "minutes": 15}
              ]
            }
            """
    }

    /// Of a line that is cut one way alone nobody can say what still passes, and who dials and is not told that a line is stranded
    /// waits for more than a minute of real time: such acts are left out.
    private static func isPlayable(_ event: PlannedEvent, in drawn: [PlannedEvent]) throws -> Bool {
        switch try PlayedAct(event) {
        case .strand(_, _, let isDiallerTold): return isDiallerTold
        case .cut(let from, let to, let isCut):
            return try drawn.contains { other in
                guard other.time == event.time, case .cut(to, from, isCut) = try PlayedAct(other) else { return false }
                return true
            }
        default: return true
        }
    }

    private mutating func add(_ event: PlannedEvent) throws {
        let act = try PlayedAct(event)
        if case .work(let work) = act {
            if causality.needsBarrier(before: work) { try addBarrier() }
            if causality.isInDoubt(work) { return omittedCount += 1 }
        } else if causality.catchesWrites(act), Bool.random(using: &random) {
            try addBarrier()
        }
        if case .kill(let node) = act { try tearCutLines(of: node) }
        append(event, act)
    }

    /// What a cut line still holds of a machine that dies would arrive after its death, or not.
    private mutating func tearCutLines(of node: Int) throws {
        let reach = causality.reach
        for line in reach.lines where line.one == node || line.other == node {
            guard reach.isCut(from: line.one, to: line.other) || reach.isCut(from: line.other, to: line.one) else { continue }
            let event = try Self.event(#""kind": "tear_line", "one": \#(line.one), "other": \#(line.other)"#)
            append(event, try PlayedAct(event))
        }
    }

    private mutating func append(_ event: PlannedEvent, _ act: PlayedAct) {
        time += Self.stepMilliseconds
        var event = event
        event.time = time
        plan.events.append(event)
        steps.append(.act(act, event))
        causality.take(act)
    }

    private static func event(_ members: String) throws -> PlannedEvent {
        try JSONDecoder().decode(PlannedEvent.self, from: Data("{\"at\": 0, \(members)}".utf8))
    }

    private mutating func addBarrier() throws {
        time += Self.barrierMilliseconds
        causality.settle()
        let reach = causality.reach
        let machines = reach.machines.filter(reach.isOn)
        let doubtful = Dictionary(uniqueKeysWithValues: machines.map { ($0, causality.doubtful(at: $0)) })
        let barrier = Barrier(time: time, groups: reach.groups, machines: machines, lines: reach.linesUp, doubtful: doubtful)
        steps.append(.barrier(barrier))
        for group in reach.groups.isEmpty ? [[0]] : reach.groups {
            var event = try Self.event(#""kind": "must_agree", "nodes": \#(group)"#)
            event.time = time
            plan.events.append(event)
        }
    }
}

extension Schedule: CustomStringConvertible {
    var description: String {
        let barriers = steps.count { if case .barrier = $0 { true } else { false } }
        return "\(steps.count - barriers) acts and \(barriers) barriers of HQ and \(plan.stores) stores, "
            + "\(omittedCount) acts left out"
    }
}
