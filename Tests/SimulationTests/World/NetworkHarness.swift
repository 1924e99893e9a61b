import Simulation

/// Drives a network alone: time goes from one happening to the next, and everything that nodes hear is written down.
struct NetworkHarness {
    var network: SimulatedNetwork
    private var heap = EventHeap<SimulatedNetwork.Happening>()
    private(set) var now: Int64 = 0
    /// Nodes that take no connections.
    var deaf: Set<Int> = []
    private(set) var reports: [(at: Int64, report: SimulatedNetwork.Report)] = []

    init(seed: UInt64) {
        network = SimulatedNetwork(RandomStreams(seed: seed))
    }

    mutating func run(until end: Int64 = .max) {
        schedule()
        while let (happening, time) = heap.pop(before: end) {
            now = max(now, time)
            let deaf = deaf
            reports += network.take(happening) { !deaf.contains($0) }.map { (now, $0) }
            schedule()
        }
        if end != .max { now = max(now, end) }
    }

    mutating func connect(_ from: Int, _ to: Int) -> SimulatedNetwork.ConnectionID {
        let id = network.dial(from: from, to: to, at: now)
        run()
        return id
    }

    private mutating func schedule() {
        for (at, happening) in network.takeScheduled() { heap.push(happening, at: at) }
    }

    mutating func note(_ more: [SimulatedNetwork.Report]) { reports += more.map { (now, $0) } }

    /// All that a node has received on a connection, and in how many parts.
    func received(_ id: SimulatedNetwork.ConnectionID, by node: Int) -> (bytes: [UInt8], parts: [Int]) {
        reports.reduce(into: ([], [])) { all, entry in
            guard case .received(let bytes, id, node) = entry.report else { return }
            all.0 += bytes
            all.1.append(bytes.count)
        }
    }

    func has(_ report: SimulatedNetwork.Report) -> Bool { reports.contains { $0.report == report } }
}
