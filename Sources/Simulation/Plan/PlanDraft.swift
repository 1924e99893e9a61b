/// A plan while it is drawn: what works and faults add their acts to.
public struct PlanDraft {
    public let stores: Int
    /// The lines that somebody dials: of each store to HQ, which comes second, then between neighbours.
    public let lines: [(one: Int, other: Int)]
    /// In milliseconds.
    public let length: Int64
    public let streams: RandomStreams
    public private(set) var events: [PlannedEvent] = []
    /// The orders that are planned, by store and in the order of their times: for works that are about orders.
    public private(set) var orders: [(id: String, store: Int, time: Int64)] = []
    private let isSwarm: Bool

    init(_ scenario: Scenario, seed: UInt64) {
        (stores, length, isSwarm) = (scenario.stores, scenario.length, scenario.isSwarm)
        lines = (1..<scenario.stores + 1).map { ($0, 0) } + scenario.neighbours.pairs
        streams = RandomStreams(seed: seed)
    }

    public mutating func add(_ act: some Act, at time: Int64) {
        guard (0..<length).contains(time) else { return }
        events.append(PlannedEvent(act, at: time))
    }

    /// The random numbers of a fault on a line.
    func stream(_ index: UInt64, _ line: (one: Int, other: Int)) -> SeededRandom {
        guard line.other > 0 else { return streams.stream(.fault, index, UInt64(line.one)) }
        return streams.stream(.fault, index, UInt64(line.one), UInt64(line.other))
    }

    /// Whoever has a line to a machine.
    func partners(of node: Int) -> [Int] {
        lines.compactMap { $0.one == node ? $0.other : $0.other == node ? $0.one : nil }
    }

    public mutating func noteOrder(_ id: String, of store: Int, at time: Int64) { orders.append((id, store, time)) }

    /// So many moments as a rate has on average in the time between two others, ascending.
    public func moments(
        perHour rate: Double, from start: Int64 = 0, to end: Int64? = nil, _ random: inout SeededRandom
    ) -> [Int64] {
        let end = min(end ?? length, length)
        guard start < end, rate > 0 else { return [] }
        let expected = rate * Double(end - start) / 3_600_000
        // The fraction that is left is the chance of one more.
        let count = Int(expected + Double.random(in: 0..<1, using: &random))
        return (0..<count).map { _ in Int64.random(in: start..<end, using: &random) }.sorted()
    }

    /// Swarm testing (Groce et al., "Swarm Testing", 2012): each seed leaves some faults out, for two of them together hide what
    /// one alone shows.
    func includes(_ fault: PlannedFault, index: UInt64) -> Bool {
        guard isSwarm, !fault.isAlways else { return true }
        var random = streams.stream(.swarm, index)
        return Int.random(in: 0..<4, using: &random) > 0
    }
}
