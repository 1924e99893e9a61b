internal import CRDT
internal import Replica
internal import Sync

/// A chain of machines in one thread: real replicas on simulated disks, real sessions over a simulated network, and a time of its
/// own, which goes from one happening to the next.
///
/// The same seed and the same calls give the same run, byte for byte, in every process.
public final class World {
    /// What a world begins with.
    public struct Beginning: Sendable {
        public var seed: UInt64
        /// Milliseconds since 1970.
        public var wall: Int64 = 1_740_000_000_000
        /// Stores besides HQ, which is member 0 and node 0.
        public var stores: Int
        /// Whom stores dial besides HQ.
        public var neighbours = Neighbours()
        /// How long a replica lets others wait for its next turn, and how long until what came of it is heard, in milliseconds.
        public var diskDelay: ClosedRange<Int64> = 0...3
        /// Of every machine, until somebody changes them.
        public var bounds = MachineBounds()

        public init(seed: UInt64, stores: Int) {
            (self.seed, self.stores) = (seed, stores)
        }
    }

    enum Happening {
        case network(SimulatedNetwork.Happening)
        case wake(SessionKey, at: Int64)
        case turn
        case hear(ReplicaTurns.Outcome)
        case dial(Int)
        case house
        case restart
        case line(LineNews)
        case resume

        var code: UInt64 {
            switch self {
            case .network: 0
            case .wake: 1
            case .turn: 2
            case .hear: 3
            case .dial: 4
            case .house: 5
            case .restart: 6
            case .line: 7
            case .resume: 8
            }
        }
    }

    /// What a machine's program hears of its lines.
    enum LineNews {
        case begun(SimulatedNetwork.ConnectionID, with: SimulatedNode.Peer, asInitiator: Bool)
        case failed(SimulatedNetwork.ConnectionID)
        case received([UInt8], SimulatedNetwork.ConnectionID)
        case drained(SimulatedNetwork.ConnectionID)
        case closed(SimulatedNetwork.ConnectionID)
    }

    struct Due {
        /// The node that it is for, in this life; nil for the network.
        let node: (index: Int, life: UInt64)?
        let happening: Happening
    }

    /// Milliseconds since the world began.
    public private(set) var now: Int64 = 0
    public private(set) var nodes: [SimulatedNode] = []
    /// Told of what is new and durable where, and of machines that were switched on. What it throws ends `run`.
    public var observer: ((Observation) throws -> Void)?
    /// Told of a machine that has lost power with a disk that may have kept less than it had said.
    var disksMayForget: ((_ node: Int) -> Void)?
    /// Told of everything that can be drawn; it must change nothing.
    public var onlooker: ((WorldNews) -> Void)?
    /// Told of what somebody makes up in the name of another member, before anybody hears it.
    var forged: ((Forgery) -> Void)?
    /// Connections on which somebody calls with a member's certificate, and not its program.
    var calls: [SimulatedNetwork.ConnectionID: HostileCall] = [:]
    private var callCount: UInt64 = 0
    /// Members with whose certificates somebody has called.
    var impostors: Set<UInt32> = []
    /// Told of the incarnations whose rights HQ takes over, just before it does.
    var settling: ((_ lost: [Origin], _ headquarters: Replica) -> Void)?
    /// Members whose rights HQ is to take over once it may.
    var unsettled: Set<UInt32> = []
    /// By machine that has stopped for a while: what waits for it.
    var paused: [Int: [Due]] = [:]
    private var trouble: (any Error)?
    /// Sums up everything that has happened, in its order: equal for equal runs.
    public internal(set) var trace = TraceHash()
    /// How many happenings there were.
    public private(set) var happeningCount = 0
    /// What programs of different versions have to do with each other.
    var versions = VersionWatch()
    /// Bytes that were sent, by whomever.
    public internal(set) var sentBytes = 0
    /// What programs have found in each other's words that should not be there, in the order in which they did.
    var breaches: [Breach] = []
    /// Who has made pieces of so little news that one frame would have held it, and of which scope.
    var needlessPieces: [(node: Int, scope: Scope)] = []
    /// Why each session that has ended did, by the reason's name.
    public internal(set) var endings: [String: Int] = [:]
    /// How often a machine has gone on under another incarnation.
    public internal(set) var newIncarnations = 0
    /// How often faults that were armed on disks have struck.
    public internal(set) var diskStrikes = 0
    var network: SimulatedNetwork
    private var heap = EventHeap<Due>()
    let beginning: Beginning
    /// By machine, those that it has a line with: whom it dials and who dials it, ascending.
    let partners: [[Int]]
    let streams: RandomStreams
    let codecs: SessionCodecs
    static let chain = Hash128(high: 1, low: 1)

    public init(_ beginning: Beginning) throws {
        self.beginning = beginning
        partners = beginning.neighbours.partners(amongStores: beginning.stores)
        streams = RandomStreams(seed: beginning.seed)
        network = SimulatedNetwork(streams)
        codecs = try SessionCodecs()
        for index in 0...beginning.stores {
            let disk = SimulatedDisk(seed: beginning.seed &+ UInt64(index))
            let node = SimulatedNode(index, member: UInt32(index), disk, WorldClock(wall: beginning.wall))
            node.bounds = beginning.bounds
            nodes.append(node)
            try create(node, life: 0)
        }
        for node in nodes { try start(node.index) }
    }

    // MARK: Lines

    /// How many pairs of machines have a line, because one dials the other.
    var lineCount: Int { beginning.stores + beginning.neighbours.pairs.count }

    public func condition(from: Int, to: Int) -> LineCondition { network.condition(from: from, to: to) }

    public func set(_ condition: LineCondition, from: Int, to: Int) {
        network.set(condition, from: from, to: to, at: now)
        onlooker?(.lineChanged(from: from, to: to))
    }

    /// Breaks every connection between two machines; both are told.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    public func tear(between one: Int, _ other: Int) -> Bool {
        let open = network.open(between: one, other)
        for id in open { report(network.tear(id)) }
        if !open.isEmpty { onlooker?(.torn(one: one, other: other)) }
        return !open.isEmpty
    }

    /// Lets every connection between two machines carry nothing any more.
    ///
    /// - Parameter told: which of them is told that it is over, if one is.
    /// - Returns: whether there was one.
    func strand(between one: Int, _ other: Int, telling told: Int?) -> Bool {
        let open = network.open(between: one, other)
        for id in open { report(network.strand(id, telling: told)) }
        return !open.isEmpty
    }

    /// What the next hostile caller draws from.
    func nextCallRandom() -> SeededRandom {
        callCount += 1
        return streams.stream(.call, callCount)
    }

    // MARK: Time

    /// Lets time go on.
    public func run(until end: Int64) throws {
        carry()
        try throwTrouble()
        while let (due, time) = heap.pop(before: end) {
            now = max(now, time)
            note(due)
            if !waits(due) { try take(due) }
            carry()
            try throwTrouble()
        }
        now = max(now, end)
    }

    func take(_ due: Due) throws {
        if let (index, life) = due.node {
            guard nodes[index].life == life else { return }
            try take(due.happening, at: nodes[index])
        } else if case .network(let happening) = due.happening {
            report(network.take(happening) { [nodes] in nodes[$0].isRunning })
        }
    }

    private func note(_ due: Due) {
        happeningCount += 1
        trace.add(UInt64(bitPattern: now))
        trace.add(UInt64(due.node?.index ?? 0xFF_FFFF) << 3 | due.happening.code)
    }

    func observe(_ observation: Observation) {
        guard trouble == nil else { return }
        guard let observer else { return }
        do {
            switch observation {
            case .started(let node), .changed(let node, _):
                // What its disk cannot be asked for it tells nobody.
                guard nodes[node].replica?.isStale != true else { return }
                try nodes[node].disk.watching { try observer(observation) }
            case .whole, .settled, .ended: try observer(observation)
            }
        } catch {
            trouble = error
        }
    }

    /// Something has failed at a machine that has no reason to.
    func note(_ error: any Error, at node: SimulatedNode) {
        if trouble == nil, !node.mayRefuse(because: error) { trouble = error }
    }

    func throwTrouble() throws {
        if let trouble { throw trouble }
    }

    private func take(_ happening: Happening, at node: SimulatedNode) throws {
        if case .restart = happening { return try restart(node) }
        if case .resume = happening { return try resume(node.index) }
        guard let program = node.program else { return }
        switch happening {
        case .network, .restart, .resume: break
        case .line(let news): take(news, at: node)
        case .wake(let key, let time):
            // Only the last one that was asked for counts: each of the others would ask for one more.
            guard program.wakes[key] == time else { return }
            program.wakes[key] = nil
            program.hub.tick(key, at: moment(of: node))
        case .turn:
            program.isTurnDue = false
            takeTurn(at: node)
        case .hear(let outcome): hear(outcome, at: node)
        case .dial(let target): dial(target, at: node)
        case .house: keepHouse(node)
        }
        carryOut(at: node)
    }

    func moment(of node: SimulatedNode) -> Moment {
        Moment(monotonic: now, wall: node.clock.milliseconds(at: now))
    }

    func schedule(_ happening: Happening, for node: SimulatedNode, at time: Int64) {
        heap.push(Due(node: (node.index, node.life), happening: happening), at: max(now, time))
    }

    private func carry() {
        for (at, happening) in network.takeScheduled() {
            heap.push(Due(node: nil, happening: .network(happening)), at: max(now, at))
        }
    }
}
