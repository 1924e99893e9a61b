/// What happens in a run, and when: all that a seed decides about it beyond what lines, disks and nodes draw themselves.
public struct Plan: Sendable {
    public var seed: UInt64
    public var stores: Int
    /// Whom stores dial besides HQ.
    public var neighbours: Neighbours
    /// Milliseconds since 1970 as the world begins.
    public var wall: Int64
    /// How long acts come, in milliseconds.
    public var length: Int64
    /// How long everything is whole after that, in milliseconds.
    public var settling: Int64
    /// Ascending by time.
    public var events: [PlannedEvent]
    /// How many acts each fault of the scenario has drawn, in their order; nil for one that this seed leaves out.
    public var faultActs: [Int?]

    /// From when on nothing may be written or sent any more, in milliseconds: the last two minutes, if there were five before them
    /// in which all was whole. Whoever was cut off silently needs some minutes to notice, to dial again and to compare.
    var settled: Int64? { settling < 7 * 60_000 ? nil : length + settling - 2 * 60_000 }

    /// Draws what a scenario asks for. The same scenario and seed give the same plan in every process.
    ///
    /// - Parameter seed: of a scenario that has none itself.
    public init(_ scenario: Scenario, seed: UInt64) {
        let seed = scenario.seed ?? seed
        var draft = PlanDraft(scenario, seed: seed)
        for (index, work) in scenario.work.enumerated() { work.work.plan(&draft, index: UInt64(index)) }
        faultActs = []
        for (index, fault) in scenario.faults.enumerated() {
            let before = draft.events.count
            let isIncluded = draft.includes(fault, index: UInt64(index))
            if isIncluded { fault.fault.plan(&draft, index: UInt64(index)) }
            faultActs.append(isIncluded ? draft.events.count - before : nil)
        }
        (self.seed, stores, wall, length) = (seed, scenario.stores, scenario.wall, scenario.length)
        (settling, neighbours) = (scenario.settling, scenario.neighbours)
        // A stable order: what was drawn first comes first at the same time.
        events = (draft.events + scenario.events).enumerated().sorted { left, right in
            (left.element.time, left.offset) < (right.element.time, right.offset)
        }.map(\.element)
    }
}
