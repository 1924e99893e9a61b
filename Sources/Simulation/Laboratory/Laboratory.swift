public import CRDT
public import Replica
internal import Retail
internal import Sync

/// Plays a plan in a world, keeps the journal of what was acknowledged, and lets oracles look at every step.
public final class Laboratory {
    public let world: World
    public private(set) var journal = Journal()
    /// How often acts of each kind were done, and how often they had an effect.
    public private(set) var acts: [String: ActCount] = [:]
    /// Told of each act that was done, and whether it had an effect.
    public var onlooker: ((_ event: PlannedEvent, _ hadEffect: Bool) -> Void)?
    /// What has happened so far, planned or not.
    private(set) var played: [PlannedEvent] = []
    /// Delta files that somebody has on a stick, by their names.
    var files: [String: [UInt8]] = [:]
    private var plan: Plan
    /// What the plan has yet to come.
    private var coming: ArraySlice<PlannedEvent>
    private var oracles: [any Oracle]
    /// How many faults have cut each line.
    private var cuts: [Line: Int] = [:]

    private struct Line: Hashable {
        let from: Int
        let to: Int
    }

    public init(_ plan: Plan, oracles: [any Oracle.Type] = Oracles.all) throws {
        (self.plan, coming) = (plan, plan.events[...])
        self.oracles = oracles.map { $0.init() }
        var beginning = World.Beginning(seed: plan.seed, stores: plan.stores)
        (beginning.wall, beginning.neighbours) = (plan.wall, plan.neighbours)
        world = try World(beginning)
        world.observer = { [unowned self] in try observe($0) }
        world.settling = { [unowned self] in journal.noteFence(of: $0, by: $1) }
        world.forged = { [unowned self] in journal.noteForged($0, at: world.now) }
        world.disksMayForget = { [unowned self] in journal.noteSetBack(of: $0, toCopy: false) }
    }

    /// Plays all acts, makes everything whole, waits as long as the plan says, and looks at what has come of it.
    ///
    /// - Parameter checking: whether to go on; asked before each act.
    /// - Throws: `Violation`; `Stopped` with what `checking` has thrown; whatever else a replica throws where nothing should go
    ///   wrong.
    public func run(checking: () throws -> Void = {}) throws {
        try play(until: plan.length, checking)
        try settle(checking)
    }

    /// Lets time go on, with what the plan has for it.
    func play(until end: Int64, _ checking: () throws -> Void) throws {
        while let event = coming.first, event.time < end {
            coming.removeFirst()
            do { try checking() } catch { throw Stopped(reason: error) }
            try world.run(until: event.time)
            try perform(event)
        }
        try world.run(until: end)
    }

    /// Something happens now.
    ///
    /// - Returns: whether it had an effect.
    @discardableResult
    func perform(_ event: PlannedEvent) throws -> Bool {
        played.append(event)
        let kind = type(of: event.act).kind
        let hadEffect = try event.act.perform(in: self)
        acts[kind, default: ActCount()].done += 1
        if hadEffect { acts[kind, default: ActCount()].effective += 1 }
        onlooker?(event, hadEffect)
        return hadEffect
    }

    /// Work and faults end now, whatever the plan has yet to come.
    func endWork() { (plan.length, coming) = (world.now, []) }

    /// Makes everything whole at the end of work and faults, waits as long as the plan says, and looks at what has come of it.
    func settle(_ checking: () throws -> Void) throws {
        try makeWhole()
        try observe(.whole)
        if let settled = plan.settled {
            try play(until: settled, checking)
            try observe(.settled)
        }
        try play(until: plan.length + plan.settling, checking)
        world.endAlterations()
        try observe(.ended)
    }

    /// Whoever runs it has had enough.
    public struct Stopped: Error {
        public let reason: any Error
    }

    private func makeWhole() throws {
        for from in world.nodes.indices {
            for to in world.nodes.indices where from != to {
                if world.condition(from: from, to: to) != LineCondition() { world.set(LineCondition(), from: from, to: to) }
            }
            try world.resume(from)
            world.mendDisk(of: from)
            world.setCertificate(of: from, isValid: true)
            try world.start(from)
        }
        try world.updateAll()
    }

    /// What a failing disk left open is settled by the next commit, and by the next start.
    private func settleUndecided(_ observation: Observation) throws {
        guard case .started(let node) = observation, let replica = world.nodes[node].replica else { return }
        guard !journal.settleUndecided(at: node, in: replica) else { return }
        throw Violation(
            oracle: "durable_prefix", time: world.now, node: node, detail: "a transaction is there in part after a crash")
    }

    private func observe(_ observation: Observation) throws {
        try settleUndecided(observation)
        try follow(observation)
        for index in oracles.indices { try oracles[index].observe(observation, in: self) }
        if case .started(let node) = observation { journal.settleFloor(of: node) }
    }

    private func follow(_ observation: Observation) throws {
        switch observation {
        case .started(let node):
            guard let replica = world.nodes[node].replica else { return }
            try journal.follow(replica, nil, at: node, world.now)
        case .changed(let node, let scopes):
            guard let replica = world.nodes[node].replica else { return }
            try journal.follow(replica, scopes, at: node, world.now)
        case .whole, .settled, .ended: return
        }
        for key in journal.takeDisputedKeys() { world.alter(key) }
    }

    // MARK: For acts

    /// What a machine believes the time to be, in milliseconds since 1970.
    func wall(of node: Int) -> Int64 { world.wall(of: node) }

    /// What the writer of a transaction sees, by the journal.
    public struct Seen {
        fileprivate let journal: Journal
        fileprivate let replica: Replica

        public func isEmpty(_ key: RecordKey, _ field: UInt32, _ element: Element = .none) -> Bool {
            let vector = journal.vector(of: replica, in: key.scope) ?? VersionVector()
            return journal.history(of: key)?.isEmpty(SlotKey(field: field, element: element), at: vector) ?? true
        }

        public func states(of key: RecordKey, _ field: UInt32) -> Set<Int64> {
            journal.history(of: key)?.states(of: field, at: journal.vector(of: replica, in: key.scope) ?? VersionVector()) ?? []
        }

        /// What each origin did with rights.
        func rights(of key: RecordKey, _ field: UInt32) -> [Origin: RightsRow] {
            journal.history(of: key)?.rights(field, at: journal.vector(of: replica, in: key.scope) ?? VersionVector()) ?? [:]
        }

        var writer: Origin { replica.identity.origin }
    }

    /// Somebody writes at a machine.
    ///
    /// - Parameters:
    ///   - effects: what the transaction means, by whoever acts; nil if it must be refused.
    ///   - body: makes it with the engine.
    /// - Returns: whether something was written: nobody writes at a machine that is off.
    public func write(
        at node: Int, meaning effects: (_ member: UInt32, Seen) throws -> [Effect]?,
        by body: @escaping (Transaction, _ member: UInt32) throws -> Void
    ) throws -> Bool {
        guard let replica = world.nodes[node].replica else { return false }
        let meant = try effects(world.nodes[node].member, Seen(journal: journal, replica: replica))
        guard meant?.isEmpty != true else { return false }
        var seen: [Scope: Cut] = [:]
        var refusal: (any Error)?
        var isThere = false
        world.perform(at: node) { transaction, member in
            // The turn may have begun another incarnation before.
            for effect in meant ?? [] { seen[effect.key.scope] = replica.cut(of: effect.key.scope) }
            try body(transaction, member)
        } then: { [self] written in
            func entry(_ receipt: Receipt) -> Journal.Written {
                Journal.Written(effects: meant ?? [], receipt: receipt, seen: seen, node: node, time: world.now)
            }
            switch written {
            case .durable(let receipt):
                isThere = true
                journal.note(entry(receipt), in: replica)
            case .undecided(let receipt): journal.noteUndecided(entry(receipt))
            case .refused(let error): refusal = error
            }
        }
        try world.throwTrouble()
        if let refusal, !world.nodes[node].mayRefuse(because: refusal) {
            let isDue = (refusal as? ReplicaError)?.isRefusal == true || refusal is RetailError
            guard meant == nil, isDue else { throw refusal }
        }
        guard meant == nil, isThere else { return isThere }
        throw Violation(oracle: "refusals", time: world.now, node: node, detail: "something was written that must be refused")
    }

    /// A machine's disk is copied, and the copy kept.
    func backUp(_ node: Int) {
        world.backUp(node)
        journal.noteBackUp(of: node)
    }

    /// - Returns: whether there was a copy, and the machine was off.
    func putBack(_ node: Int, isNoticed: Bool) -> Bool {
        guard world.putBack(node, isNoticed: isNoticed) else { return false }
        if isNoticed { journal.noteSetBack(of: node, toCopy: true) }
        return true
    }

    /// A machine that is off becomes a copy of another.
    ///
    /// - Returns: whether it was off.
    func copyDisk(from source: Int, to node: Int) -> Bool {
        guard world.copyDisk(from: source, to: node) else { return false }
        journal.noteCopy(from: source, to: node)
        return true
    }

    /// A machine that is off is replaced by a new one, with nothing on its disk.
    ///
    /// - Returns: whether it was off.
    func replace(_ node: Int) throws -> Bool {
        guard try world.replace(node) else { return false }
        journal.noteSetBack(of: node, toCopy: false)
        return true
    }

    /// A machine takes a delta file in.
    ///
    /// - Returns: whether it did, and something in it was news.
    func importDelta(_ file: [UInt8], _ act: ImportDelta) throws -> Bool {
        let isNews = try world.importDelta(
            file, at: act.node, takesShelves: act.takesShelves == true,
            recordsAtOnce: act.recordsAtOnce ?? DeltaFileIntake.recordsAtOnce)
        try world.throwTrouble()
        // It may have been on no disk any more, and only on a stick.
        if let replica = world.nodes[act.node].replica { journal.noteFound(by: replica) }
        return isNews
    }

    /// Writes into the journal what is not so: for acts that show what oracles find.
    func misnote(_ change: (inout Journal) -> Void) { change(&journal) }

    /// How many faults cut a line now.
    func cutCount(from: Int, to: Int) -> Int { cuts[Line(from: from, to: to)] ?? 0 }

    /// - Returns: how many faults cut the line now.
    func countCut(_ change: Int, from: Int, to: Int) -> Int {
        let line = Line(from: from, to: to)
        cuts[line] = max(0, cuts[line, default: 0] + change)
        return cuts[line, default: 0]
    }
}

extension ReplicaError {
    /// Somebody asked for what the rules do not allow: nothing is wrong with the replica.
    fileprivate var isRefusal: Bool {
        switch self {
        case .progress, .escrow(_, _, .insufficient), .escrow(_, _, .notInUse): true
        default: false
        }
    }
}

/// How often something was tried, and how often it could be done.
public struct ActCount: Codable, Hashable, Sendable {
    public var done = 0
    public var effective = 0
}

extension Identifier {
    /// - Throws: `PlanError` if the text is no id.
    init(inPlan text: String) throws {
        guard let id = Identifier(text) else { throw PlanError.malformedIdentifier(text) }
        self = id
    }
}

/// What a plan says that cannot be done.
public enum PlanError: Error, Hashable, Sendable {
    case malformedIdentifier(String)
}

extension PlanError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformedIdentifier(let text): "\(text.quoted) is no id: it has 1 to \(Identifier.byteLimit) bytes"
        }
    }
}
