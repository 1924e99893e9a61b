internal import CRDT
public import Replica
internal import Retail
public import Sync

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
        /// How long a replica takes to answer, in milliseconds.
        public var diskDelay: ClosedRange<Int64> = 0...3
        public var bounds = SessionBounds()

        public init(seed: UInt64, stores: Int) {
            (self.seed, self.stores) = (seed, stores)
        }
    }

    private enum Happening {
        case network(SimulatedNetwork.Happening)
        case wake(SessionKey, at: Int64)
        case answer(SessionAnswer, SessionKey)
        case dial(Int)
        case house

        var code: UInt64 {
            switch self {
            case .network: 0
            case .wake: 1
            case .answer: 2
            case .dial: 3
            case .house: 4
            }
        }
    }

    private struct Due {
        /// The node that it is for, in this life; nil for the network.
        let node: (index: Int, life: UInt64)?
        let happening: Happening
    }

    /// Milliseconds since the world began.
    public private(set) var now: Int64 = 0
    public private(set) var nodes: [SimulatedNode] = []
    /// Told of what is new and durable where, and of machines that were switched on. What it throws ends `run`.
    public var observer: ((Observation) throws -> Void)?
    private var trouble: (any Error)?
    /// Sums up everything that has happened, in its order: equal for equal runs.
    public private(set) var trace = TraceHash()
    /// How many happenings there were.
    public private(set) var happeningCount = 0
    /// Bytes that were sent, by whomever.
    public private(set) var sentBytes = 0
    /// Why each session that has ended did, by the reason's name.
    public private(set) var endings: [String: Int] = [:]
    private var network: SimulatedNetwork
    private var heap = EventHeap<Due>()
    private let beginning: Beginning
    private let streams: RandomStreams
    private let codecs: SessionCodecs
    private static let chain = Hash128(high: 1, low: 1)
    private static let housekeepingMilliseconds: Int64 = 5_000

    public init(_ beginning: Beginning) throws {
        self.beginning = beginning
        streams = RandomStreams(seed: beginning.seed)
        network = SimulatedNetwork(streams)
        codecs = try SessionCodecs()
        for index in 0...beginning.stores {
            let disk = SimulatedDisk(seed: beginning.seed &+ UInt64(index))
            let node = SimulatedNode(index, member: UInt32(index), disk, WorldClock(wall: beginning.wall))
            nodes.append(node)
            var random = streams.stream(.node, UInt64(index), 0)
            _ = try Replica.create(
                at: SimulatedNode.path,
                identity: Identity(chain: Self.chain, member: node.member, incarnation: random.next() >> 24),
                epoch: beginning.wall, SimulatedNode.parameters(of: disk, run: Hash128(high: random.next(), low: random.next()))
            )
        }
        for node in nodes { try start(node.index) }
    }

    // MARK: Machines

    /// Switches a machine on: its replica is opened from what its disk holds.
    public func start(_ index: Int) throws {
        let node = nodes[index]
        guard node.running == nil else { return }
        node.life += 1
        var random = streams.stream(.node, UInt64(index), node.life)
        let replica = try Replica.open(
            at: SimulatedNode.path,
            SimulatedNode.parameters(of: node.disk, run: Hash128(high: random.next(), low: random.next())))
        let server = DirectServer(replica, random: random.split()) { $0.signature == SimulatedNode.signature(of: $1) }
        let hub = SessionHub(
            chain: Self.chain, origin: replica.identity.origin, access: Access(), holding: replica.heldScopes,
            bounds: beginning.bounds, codecs: codecs)
        let targets: [(address: Int, member: UInt32?)] = index == 0 ? [] : [(0, 0)]
        node.running = SimulatedNode.Running(
            replica: replica, server: server, hub: hub, dials: DialPlan(targets), random: random)
        for target in targets.indices { schedule(.dial(target), for: node, at: now) }
        schedule(.house, for: node, at: now + Self.housekeepingMilliseconds)
        observe(.started(node: index))
    }

    /// The power of a machine fails: nobody is told, and of what was not synced its disk keeps what it keeps.
    public func losePower(_ index: Int, keeping survival: Survival) {
        let node = nodes[index]
        guard node.running != nil else { return }
        var random = streams.stream(.disk, UInt64(index), node.life)
        let image = node.disk.powerCut(keeping: survival, using: &random)
        node.running = nil
        network.abandon(index, isSilent: true, at: now)
        node.disk = SimulatedDisk(image, seed: random.next())
    }

    /// The program of a machine is killed: its machine hangs up, and loses nothing that was written.
    public func kill(_ index: Int) {
        let node = nodes[index]
        guard node.running != nil else { return }
        let image = node.disk.image
        node.running = nil
        network.abandon(index, isSilent: false, at: now)
        node.disk = SimulatedDisk(image, seed: beginning.seed &+ node.life)
    }

    /// Keeps what a machine's disk holds now, as whoever copies it would: as if the program had been killed.
    public func backUp(_ index: Int) { nodes[index].backup = nodes[index].disk.image }

    /// Puts back what was kept of a machine's disk. The machine is off.
    ///
    /// - Returns: whether anything was.
    public func putBack(_ index: Int) -> Bool {
        guard let image = nodes[index].backup, !nodes[index].isRunning else { return false }
        nodes[index].disk = SimulatedDisk(image, seed: beginning.seed &+ nodes[index].life)
        return true
    }

    /// Somebody does something at a machine that is on; it is durable when this returns.
    ///
    /// - Parameter then: told before anybody else hears of it.
    /// - Returns: nil if the machine is off.
    @discardableResult
    public func perform(
        at index: Int, _ body: (Transaction, _ member: UInt32) throws -> Void, then: (Receipt) -> Void = { _ in }
    ) throws -> Receipt? {
        let node = nodes[index]
        guard let replica = node.replica else { return nil }
        let member = node.member
        let (_, receipt) = try replica.apply(at: moment(of: node).wall) { try body($0, member) }
        try replica.commit()
        node.running?.unsigned.formUnion(receipt.dots.map(\.scope))
        then(receipt)
        noteChanges(at: node)
        return receipt
    }

    // MARK: Lines

    public func condition(from: Int, to: Int) -> LineCondition { network.condition(from: from, to: to) }

    public func set(_ condition: LineCondition, from: Int, to: Int) {
        network.set(condition, from: from, to: to, at: now)
    }

    /// Breaks every connection between two machines; both are told.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    public func tear(between one: Int, _ other: Int) -> Bool {
        let open = network.open(between: one, other)
        for id in open { report(network.tear(id)) }
        return !open.isEmpty
    }

    /// What a machine believes the time to be, in milliseconds since 1970.
    public func wall(of index: Int) -> Int64 { moment(of: nodes[index]).wall }

    /// Somebody sets a machine's clock, on or off.
    ///
    /// - Parameter drift: by how many millionths it runs fast from now on; nil leaves that as it is.
    public func setClock(of index: Int, jump: Int64, driftPartsPerMillion drift: Int64?) {
        nodes[index].clock.jump(by: jump, at: now)
        if let drift { nodes[index].clock.run(driftPartsPerMillion: drift, at: now) }
    }

    // MARK: Time

    /// Lets time go on.
    public func run(until end: Int64) throws {
        carry()
        try throwTrouble()
        while let (due, time) = heap.pop(before: end) {
            now = max(now, time)
            note(due)
            if let (index, life) = due.node {
                guard nodes[index].running != nil, nodes[index].life == life else { continue }
                try take(due.happening, at: nodes[index])
            } else if case .network(let happening) = due.happening {
                report(network.take(happening) { [nodes] in nodes[$0].isRunning })
            }
            carry()
            try throwTrouble()
        }
        now = max(now, end)
    }

    private func note(_ due: Due) {
        happeningCount += 1
        trace.add(UInt64(bitPattern: now))
        trace.add(UInt64(due.node?.index ?? 0xFF_FFFF) << 3 | due.happening.code)
    }

    private func observe(_ observation: Observation) {
        guard trouble == nil else { return }
        do {
            try observer?(observation)
        } catch {
            trouble = error
        }
    }

    private func throwTrouble() throws {
        if let trouble { throw trouble }
    }

    private func take(_ happening: Happening, at node: SimulatedNode) throws {
        let moment = moment(of: node)
        switch happening {
        case .network: break
        case .wake(let key, let time):
            // Only the last one that was asked for counts: each of the others would ask for one more.
            guard node.running?.wakes[key] == time else { return }
            node.running?.wakes[key] = nil
            node.running?.hub.tick(key, at: moment)
        case .answer(let answer, let key):
            node.running?.hub.answer(answer, for: key, at: moment)
        case .dial(let target): dial(target, at: node)
        case .house: try keepHouse(node)
        }
        carryOut(at: node)
    }

    private func keepHouse(_ node: SimulatedNode) throws {
        schedule(.house, for: node, at: now + Self.housekeepingMilliseconds)
        guard let running = node.running else { return }
        let signed = try running.unsigned.sorted().compactMap { scope in
            try running.replica.ownCheckpoint(of: scope, sign: SimulatedNode.signature)
        }
        node.running?.unsigned = []
        node.running?.hub.tell(signed, butNot: nil, at: moment(of: node))
    }

    private func dial(_ target: Int, at node: SimulatedNode) {
        guard var running = node.running else { return }
        let turn = running.dials.turn(
            of: target, running.hub.access, isConnected: { running.hub.peers[$0] != nil }, &running.random)
        switch turn {
        case .busy: break
        case .wait(let milliseconds): schedule(.dial(target), for: node, at: now + milliseconds)
        case .dial:
            let id = network.dial(from: node.index, to: running.dials.targets[target].address, at: now)
            running.lines.targets[id] = target
        }
        node.running = running
    }

    private func redial(_ id: SimulatedNetwork.ConnectionID, at node: SimulatedNode) {
        guard var running = node.running, let target = running.lines.targets.removeValue(forKey: id) else { return }
        schedule(.dial(target), for: node, at: now + running.dials.ended(target, &running.random))
        node.running = running
    }

    // MARK: What the network tells

    private func report(_ reports: [SimulatedNetwork.Report]) {
        for report in reports {
            switch report {
            case .opened(let id, let dialler, let listener):
                begin(id, at: nodes[dialler], with: nodes[listener], asInitiator: true)
                begin(id, at: nodes[listener], with: nodes[dialler], asInitiator: false)
            case .failed(let id, let dialler): redial(id, at: nodes[dialler])
            case .received(let bytes, let id, let index):
                let (node, moment) = (nodes[index], moment(of: nodes[index]))
                guard let key = node.running?.lines.sessions[id] else { continue }
                bytes.withUnsafeBytes { node.running?.hub.receive($0, on: key, at: moment) }
                carryOut(at: node)
            case .drained(let id, let index):
                let node = nodes[index]
                guard let key = node.running?.lines.sessions[id] else { continue }
                node.running?.hub.noteWritable(true, on: key, at: moment(of: node))
                carryOut(at: node)
            case .closed(let id, let index):
                let node = nodes[index]
                let key = node.running?.lines.remove(id)
                if let key { node.running?.hub.lose(key, at: moment(of: node)) }
                carryOut(at: node)
                redial(id, at: node)
            }
        }
    }

    private func begin(
        _ id: SimulatedNetwork.ConnectionID, at node: SimulatedNode, with peer: SimulatedNode, asInitiator: Bool
    ) {
        let moment = moment(of: node)
        guard let key = node.running?.hub.begin(with: peer.member, asInitiator: asInitiator, at: moment) else { return }
        node.running?.lines.add(key, id)
        carryOut(at: node)
    }

    // MARK: What sessions want

    /// Bytes that wait for a line; more is not made ready.
    private static let sendingLimit = 1 << 18

    private func carryOut(at node: SimulatedNode) {
        while let effects = node.running?.hub.takeEffects(), !effects.isEmpty {
            for effect in effects { carryOut(effect, at: node) }
        }
    }

    private func carryOut(_ effect: SessionHub.Effect, at node: SimulatedNode) {
        switch effect {
        case .send(let bytes, let key):
            guard let id = node.running?.lines.connections[key] else { return }
            sentBytes += bytes.count
            trace.add(bytes)
            let waiting = network.send(bytes, on: id, by: node.index, at: now) ?? 0
            if waiting > Self.sendingLimit { node.running?.hub.noteWritable(false, on: key, at: moment(of: node)) }
        case .request(let request, let key, let peer): serve(request, for: key, from: peer, at: node)
        case .wake(let key, let time):
            node.running?.wakes[key] = time
            schedule(.wake(key, at: time), for: node, at: time)
        case .opened(let key, _):
            guard let id = node.running?.lines.connections[key], let target = node.running?.lines.targets[id] else { return }
            node.running?.dials.opened(target)
        case .suspended, .measured: break
        case .ended(let key, _, let error):
            node.running?.wakes[key] = nil
            endings[error.name, default: 0] += 1
            guard let id = node.running?.lines.connections[key] else { return }
            _ = node.running?.lines.remove(id)
            network.close(id, by: node.index, at: now)
            redial(id, at: node)
        }
    }

    /// The replica answers at once, and is heard a little later.
    private func serve(_ request: SessionRequest, for key: SessionKey, from peer: UInt32, at node: SimulatedNode) {
        guard var running = node.running else { return }
        let answer = running.server.serve(request, from: peer, at: moment(of: node).wall)
        let delay = Int64.random(in: beginning.diskDelay, using: &running.random)
        running.lastAnswer = max(running.lastAnswer, now + delay)
        schedule(.answer(answer, key), for: node, at: running.lastAnswer)
        node.running = running
        noteChanges(at: node)
    }

    private func noteChanges(at node: SimulatedNode) {
        guard let scopes = node.replica?.takeChangedScopes(), !scopes.isEmpty else { return }
        observe(.changed(node: node.index, scopes))
        for scope in scopes { trace.add(UInt64(scope.rawValue)) }
        node.running?.hub.noteChanges(of: scopes, at: moment(of: node))
        carryOut(at: node)
    }

    // MARK: The heap

    private func moment(of node: SimulatedNode) -> Moment {
        Moment(monotonic: now, wall: node.clock.milliseconds(at: now))
    }

    private func schedule(_ happening: Happening, for node: SimulatedNode, at time: Int64) {
        heap.push(Due(node: (node.index, node.life), happening: happening), at: max(now, time))
    }

    private func carry() {
        for (at, happening) in network.takeScheduled() {
            heap.push(Due(node: nil, happening: .network(happening)), at: max(now, at))
        }
    }
}
