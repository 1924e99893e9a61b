import Simulation

/// What came of a schedule in the simulator, under the eyes of all oracles.
struct SimulatedPlay {
    /// What each machine that is on shows.
    typealias Shown = [Int: ShownContent]

    /// Of each act, in order, whether it had an effect.
    private(set) var effects: [Bool] = []
    /// At each barrier, by its time.
    private(set) var barriers: [Int64: Shown] = [:]
    /// When all is whole and everybody has everything.
    let end: Shown

    /// - Throws: `Violation`.
    init(_ schedule: Schedule) throws {
        let laboratory = try Laboratory(schedule.plan)
        var (effects, barriers, trouble) = ([Bool](), [Int64: Shown](), (any Error)?.none)
        laboratory.onlooker = { [unowned laboratory] event, hadEffect in
            guard type(of: event.act).kind == "must_agree" else { return effects.append(hadEffect) }
            guard barriers[event.time] == nil else { return }
            do {
                barriers[event.time] = try Self.shown(in: laboratory)
            } catch {
                trouble = trouble ?? error
            }
        }
        try laboratory.run { if let trouble { throw trouble } }
        if let trouble { throw trouble }
        (self.effects, self.barriers, end) = (effects, barriers, try Self.shown(in: laboratory))
    }

    /// Records as they were shown at any barrier with values that were written without seeing each other.
    var contested: Set<String> { Set(barriers.values.flatMap { $0.values.flatMap(\.contested) }) }

    private static func shown(in laboratory: Laboratory) throws -> Shown {
        var shown: Shown = [:]
        for node in laboratory.world.nodes {
            if let replica = node.replica { shown[node.index] = try ShownContent(of: replica) }
        }
        return shown
    }
}
