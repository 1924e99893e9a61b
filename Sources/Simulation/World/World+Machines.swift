internal import CRDT
public import Replica
internal import Retail
internal import Sync

/// Machines, and what is done to them and at them.
extension World {
    /// Whoever looks after programs tries one that could not start again so often.
    private static let restartMilliseconds: Int64 = 10_000

    /// Switches a machine on: its replica is opened from what its disk holds, again and again if the disk does not let it.
    public func start(_ index: Int) throws {
        let node = nodes[index]
        guard !node.isOn else { return }
        node.isOn = true
        try restart(node)
    }

    func restart(_ node: SimulatedNode) throws {
        guard node.isOn, node.program == nil else { return }
        node.life += 1
        var random = streams.stream(.node, UInt64(node.index), node.life)
        let replica: Replica
        do {
            replica = try Replica.open(
                at: SimulatedNode.path,
                SimulatedNode.parameters(
                    of: node.disk, run: Hash128(high: random.next(), low: random.next()), build: node.build))
            if replica.isClosed { try replica.reincarnate(as: random.next() >> 24, at: moment(of: node).wall) }
        } catch let error as StorageError where node.isDiskTroubled {
            _ = error
            guard node.disk.isPowered else { return crash(node) }
            return schedule(.restart, for: node, at: now + Self.restartMilliseconds)
        }
        // A fault may have taken the power of a disk that had said what it was asked already.
        guard node.disk.isPowered else { return crash(node) }
        let dialled = node.index == 0 ? [] : [0] + beginning.neighbours[node.index]
        let targets: [(address: Int, member: UInt32?)] = dialled.map { ($0, nodes[$0].member) }
        let hub = SessionHub(
            chain: node.build == .otherChain ? .zero : Self.chain, origin: replica.identity.origin, access: Access(),
            holding: replica.heldScopes,
            bounds: node.build.bounds(node.bounds.session), codecs: codecs)
        let turns = ReplicaTurns(
            replica, for: host(of: node, replica, random.split()), logFrameBound: node.bounds.logFrames,
            decidesRights: node.build != .tightFisted, random: random.split())
        node.program = SimulatedNode.Program(turns, hub, DialPlan(targets), random, at: moment(of: node).wall)
        refreshMembers(at: node)
        // That has read the disk, too.
        guard node.disk.isPowered else { return crash(node) }
        for target in targets.indices { schedule(.dial(target), for: node, at: now) }
        schedule(.house, for: node, at: now + Self.housekeepingMilliseconds)
        onlooker?(.switchedOn(node: node.index))
        observe(.started(node: node.index))
    }

    private func host(of node: SimulatedNode, _ replica: Replica, _ random: SeededRandom) -> ReplicaTurns.Host {
        var host = ReplicaTurns.Host { [unowned self, unowned node] in moment(of: node).wall }
        var random = random
        host.renew = { [unowned replica, unowned node] in
            do {
                try replica.reincarnate(as: random.next() >> 24, at: $0)
            } catch {
                node.couldNotRenew = true
                throw error
            }
        }
        var publisher = BasePublisher()
        host.tend = { [unowned replica] in _ = try publisher.publish(in: $0, of: replica, at: $1) }
        host.verify = { [unowned node] checkpoint, message, _ in
            node.build == .credulous
                || checkpoint.signature == SimulatedNode.signature(of: message, by: checkpoint.origin.member)
        }
        return host
    }

    /// Another build of the program takes the place of the one on a machine, which is started anew.
    func install(_ build: ProgramBuild, at index: Int) throws {
        kill(index)
        nodes[index].build = build
        try start(index)
    }

    /// A machine's program is started anew, with bounds of its own.
    func restart(_ index: Int, with bounds: MachineBounds) throws {
        kill(index)
        nodes[index].bounds = bounds
        try start(index)
    }

    /// The power of a machine fails: nobody is told, and of what was not synced its disk keeps what it keeps.
    public func losePower(_ index: Int, keeping survival: Survival) {
        let node = nodes[index]
        guard node.isOn else { return }
        var random = streams.stream(.disk, UInt64(index), node.life)
        // A disk that has lied about more than its last writes, and loses them in any order, leaves nothing that can be opened.
        let image = node.disk.powerCut(keeping: node.mayForget ? .prefix : survival, using: &random)
        if node.mayForget {
            node.setBackCount += 1
            disksMayForget?(index)
        }
        node.mayForget = node.disk.syncLies
        leave(node, isSilent: true)
        node.isOn = false
        node.changeDisk(to: image, seed: random.next())
        onlooker?(.switchedOff(node: index, keeping: survival))
    }

    /// An armed fault has taken the power.
    func crash(_ node: SimulatedNode) { losePower(node.index, keeping: node.survival) }

    /// The program of a machine is killed: its machine hangs up, and what was written and not synced waits for that still.
    public func kill(_ index: Int) {
        let node = nodes[index]
        guard node.isOn else { return }
        let disk = SimulatedDisk(afterKillAt: node.disk)
        leave(node, isSilent: false)
        node.isOn = false
        node.disk = disk
        onlooker?(.switchedOff(node: index, keeping: nil))
    }

    private func leave(_ node: SimulatedNode, isSilent: Bool) {
        diskStrikes += node.disk.strikeCount
        (node.program, paused[node.index]) = (nil, nil)
        network.abandon(node.index, isSilent: isSilent, at: now)
    }

    /// Keeps what a machine's disk holds now, as whoever copies it would: as if the program had been killed.
    public func backUp(_ index: Int) {
        nodes[index].backup = nodes[index].disk.image
        onlooker?(.backedUp(node: index))
    }

    /// Puts back what was kept of a machine's disk. The machine is off.
    ///
    /// - Parameter isNoticed: whether anybody is told.
    /// - Returns: whether anything was.
    public func putBack(_ index: Int, isNoticed: Bool = true) -> Bool {
        guard let image = nodes[index].backup, !nodes[index].isOn else { return false }
        if isNoticed { nodes[index].setBackCount += 1 }
        nodes[index].changeDisk(to: image, seed: beginning.seed &+ nodes[index].life)
        onlooker?(.putBack(node: index, from: index))
        return true
    }

    /// Puts a copy of one machine's disk into another, which is off: they are the same member from then on.
    ///
    /// - Returns: whether that can be done.
    func copyDisk(from source: Int, to index: Int) -> Bool {
        let node = nodes[index]
        guard !node.isOn, source != index else { return false }
        node.changeDisk(to: nodes[source].disk.image, seed: beginning.seed &+ node.life)
        node.member = nodes[source].member
        node.setBackCount += 1
        onlooker?(.putBack(node: index, from: source))
        return true
    }

    /// Puts a new machine in the place of one that is off, or that has not come up, with an empty replica of the same member.
    ///
    /// - Returns: whether that can be done.
    func replace(_ index: Int) throws -> Bool {
        let node = nodes[index]
        guard !node.isRunning else { return false }
        let wasOn = node.isOn
        node.isOn = false
        node.disk = SimulatedDisk(seed: beginning.seed &+ node.life)
        (node.mayForget, node.isDiskTroubled) = (false, false)
        node.setBackCount += 1
        try create(node, life: node.life &+ 1 << 32)
        onlooker?(.replaced(node: index))
        if wasOn { try start(index) }
        return true
    }

    /// An empty replica, under a new incarnation.
    func create(_ node: SimulatedNode, life: UInt64) throws {
        var random = streams.stream(.node, UInt64(node.index), life)
        _ = try Replica.create(
            at: SimulatedNode.path,
            identity: Identity(chain: Self.chain, member: node.member, incarnation: random.next() >> 24),
            epoch: beginning.wall,
            SimulatedNode.parameters(of: node.disk, run: Hash128(high: random.next(), low: random.next())))
    }

    /// From now on a disk says that it has stored what it has not, or tells the truth again.
    func setSyncLies(_ lies: Bool, at index: Int) {
        if lies { nodes[index].mayForget = true }
        changeDisk(of: index) { $0.syncLies = lies }
    }

    /// What a machine believes the time to be, in milliseconds since 1970.
    public func wall(of index: Int) -> Int64 { moment(of: nodes[index]).wall }

    /// Somebody sets a machine's clock, on or off.
    ///
    /// - Parameter drift: by how many millionths it runs fast from now on; nil leaves that as it is.
    public func setClock(of index: Int, jump: Int64, driftPartsPerMillion drift: Int64?) {
        nodes[index].clock.jump(by: jump, at: now)
        if let drift { nodes[index].clock.run(driftPartsPerMillion: drift, at: now) }
        onlooker?(.clockSet(node: index, jump: jump, driftPartsPerMillion: drift))
    }

    // MARK: Disks

    /// Lets something go wrong with a machine's disk.
    ///
    /// - Parameter survival: what it keeps if that takes its power.
    public func arm(_ fault: DiskFault, at index: Int, keeping survival: Survival = .nothing) {
        (nodes[index].survival, nodes[index].isDiskTroubled) = (survival, true)
        nodes[index].disk.arm(fault)
        onlooker?(.diskTroubled(node: index, true))
    }

    /// Changes what a machine's disk can do.
    public func changeDisk(of index: Int, _ body: (SimulatedDisk) -> Void) {
        nodes[index].isDiskTroubled = true
        body(nodes[index].disk)
        onlooker?(.diskTroubled(node: index, true))
    }

    /// A machine's disk works again as it should.
    ///
    /// - Returns: whether anything was wrong with it.
    @discardableResult
    public func mendDisk(of index: Int) -> Bool {
        let node = nodes[index]
        guard node.isDiskTroubled else { return false }
        node.disk.disarm()
        (node.disk.capacityBytes, node.disk.isReadOnly) = (SimulatedDisk.defaultCapacityBytes, false)
        (node.disk.syncLies, node.isDiskTroubled, node.couldNotRenew) = (false, false, false)
        onlooker?(.diskTroubled(node: index, false))
        return true
    }

    // MARK: People

    /// What became of something that somebody wanted to write.
    public enum Written {
        /// It is there for good.
        case durable(Receipt)
        /// The disk failed, and could not be made to forget it: it may be there after a crash.
        case undecided(Receipt)
        /// It is not there, and never will be.
        case refused(any Error)
    }

    /// Somebody does something at a machine that is on.
    ///
    /// - Parameter then: told before anybody else hears of it.
    /// - Returns: false if no program runs there.
    @discardableResult
    public func perform(
        at index: Int, _ body: @escaping (Transaction, _ member: UInt32) throws -> Void, then: @escaping (Written) -> Void
    ) -> Bool {
        let node = nodes[index]
        guard node.isRunning, paused[index] == nil else { return false }
        let member = node.member
        var receipt: Receipt?
        let wall = moment(of: node).wall + (node.build == .otherZone ? 7_200_000 : 0)
        let work = ReplicaTurns.Request.Work.transaction(at: wall) {
            try body($0, member)
        } applied: {
            receipt = $0
        }
        let request = ReplicaTurns.Request(work) { error in
            if let receipt, error == nil { return then(.durable(receipt)) }
            if let receipt, case StorageError.undecided? = error as? StorageError { return then(.undecided(receipt)) }
            if let error { then(.refused(error)) }
        }
        takeTurn(at: node, with: [request])
        carryOut(at: node)
        return true
    }
}
