internal import CRDT
public import Replica
internal import Retail
internal import Sync

/// One machine of a simulated world: a disk, a clock, and while it is on a program with a replica and its sessions. What it knows
/// outside its disk is gone with each crash.
public final class SimulatedNode {
    public let index: Int
    /// Whose replica it has: its own number's, unless its disk is a copy.
    public internal(set) var member: UInt32
    public internal(set) var disk: SimulatedDisk
    public internal(set) var clock: WorldClock
    /// What its program is started with.
    var bounds = MachineBounds()
    /// Which program is started on it.
    var build = ProgramBuild.usual
    /// Which version of the protocol that speaks.
    var version = ProgramVersion.usual
    /// How often an older copy took the place of what was on its disk, as far as anybody was told.
    var setBackCount = 0
    /// The number of its certificate: it gets a new one when it may sync again.
    var certificate: Int64 = 1
    var isCertificateValid = true
    /// What somebody has copied of its disk.
    var backup: DiskImage?
    /// How often its program has started: what was meant for an earlier life is nothing to this one.
    public internal(set) var life: UInt64 = 0
    /// Whether the machine has power.
    public internal(set) var isOn = false
    /// What runs; nil while the machine is off, or while its disk lets no replica be opened.
    var program: Program?
    /// Something is wrong with its disk, or may be: its program may be refused what it asks of it.
    public internal(set) var isDiskTroubled = false
    /// Its disk has said that it stored what it had not: what it keeps when its power goes, nobody knows.
    var mayForget = false
    /// Rows of its replica were damaged: what they held it may refuse until a peer has mended them.
    var hasRot = false
    /// Records that somebody has altered on some machine, in another member's name, or may have.
    var altered: Set<RecordKey> = []
    /// Records whose rows were damaged or lost, and those that were lost.
    var rottenRows: Set<RecordKey> = []
    var lostRows: Set<RecordKey> = []
    /// Its disk has kept its program from beginning another incarnation when that had to be, since it was last mended.
    var couldNotRenew = false
    /// What the disk keeps when an armed fault takes its power.
    var survival = Survival.nothing

    init(_ index: Int, member: UInt32, _ disk: SimulatedDisk, _ clock: WorldClock) {
        (self.index, self.member, self.disk, self.clock) = (index, member, disk, clock)
    }

    public var isRunning: Bool { program != nil }

    /// While it runs.
    public var replica: Replica? { program?.turns.replica }

    /// What it shows of a record while it runs; nil if the record's row was damaged or lost, or may be altered, and nobody has
    /// mended it yet.
    func shown(_ key: RecordKey) throws -> Record? {
        guard !altered.contains(key) else { return nil }
        do {
            let record = try replica?.record(key)
            return record?.cells.isEmpty == true && lostRows.contains(key) ? nil : record
        } catch let error as ReplicaError where hasRot && error.isAboutDamage {
            return nil
        }
    }

    /// Whether what its disk holds of a record was never damaged, or somebody has mended it: of a machine that is off nobody knows.
    func isWhole(_ key: RecordKey) -> Bool {
        guard rottenRows.contains(key) else { return true }
        return (try? shown(key)) ?? nil != nil
    }

    /// What its program shows a person of a slot in which one value can be read.
    func read(_ slot: SlotKey, of record: Record) -> Value? {
        let register = record.register(slot)
        return build == .contrary ? register?.losers.last?.value ?? register?.value : register?.value
    }

    /// Whether something is wrong with its disk that explains an error.
    func mayRefuse(because error: any Error) -> Bool {
        switch error as? ReplicaError {
        case nil: error is StorageError && isDiskTroubled
        case .incarnationClosed: couldNotRenew && isDiskTroubled
        case let error?: hasRot && error.isAboutDamage
        }
    }

    static let path = "replica.db"
}

extension ReplicaError {
    /// A row is not what was written there.
    var isAboutDamage: Bool {
        switch self {
        case .damagedRow, .quarantined: true
        default: false
        }
    }
}

extension SimulatedNode {
    /// One life of a machine's program.
    final class Program {
        var turns: ReplicaTurns
        var spools: MemorySpools
        var hub: SessionHub
        var dials: DialPlan<Int>
        var lines = Lines()
        var random: SeededRandom
        /// When each session wants to be woken.
        var wakes: [SessionKey: Int64] = [:]
        /// Scopes in which something own was written since it was last signed.
        var unsigned: Set<Scope> = []
        /// Who belongs to the chain, as far as is known here.
        var members = ChainMembers()
        /// What waits for the replica's next turn.
        var waiting: [ReplicaTurns.Request] = []
        var isTurnDue = false
        var upkeep: ReplicaUpkeep
        /// Scopes in which marks of removals wait.
        var markedScopes: [Scope] = []
        /// Scopes of which something was damaged when that was last looked at.
        var ailing: [Scope] = []
        /// At the registrar, what each member has last told to hold durably.
        var told: [UInt32: [Scope: VersionVector]] = [:]
        /// When what the last turn came to is heard: it keeps its order.
        var lastHeard: Int64 = 0
        /// When the last piece that was read beside the replica's owner is heard: pieces keep their order, too.
        var lastPieceHeard: Int64 = 0

        /// Rarer than at a node: months go by here.
        private static let verificationMilliseconds: Int64 = 6 * 3_600_000

        init(
            _ turns: ReplicaTurns, _ hub: SessionHub, _ dials: DialPlan<Int>, _ random: SeededRandom, at milliseconds: Int64
        ) {
            (self.turns, self.hub, self.dials, self.random) = (turns, hub, dials, random)
            upkeep = ReplicaUpkeep(at: milliseconds, verifyingEvery: Self.verificationMilliseconds)
            spools = MemorySpools(turns.replica)
        }
    }

    /// Somebody who has proved which member it is.
    struct Peer: Hashable {
        let member: UInt32
        /// The number of its certificate.
        let certificate: Int64

        init(_ node: SimulatedNode) {
            (member, certificate) = (node.member, node.certificate)
        }
    }

    /// Which connection is which session's, and which attempt is which target's.
    struct Lines {
        var sessions: [SimulatedNetwork.ConnectionID: SessionKey] = [:]
        var connections: [SessionKey: SimulatedNetwork.ConnectionID] = [:]
        var targets: [SimulatedNetwork.ConnectionID: Int] = [:]
        /// Whom each session is with.
        var peers: [SessionKey: Peer] = [:]

        mutating func add(_ key: SessionKey, _ connection: SimulatedNetwork.ConnectionID, with peer: Peer) {
            (sessions[connection], connections[key], peers[key]) = (key, connection, peer)
        }

        mutating func remove(_ connection: SimulatedNetwork.ConnectionID) -> SessionKey? {
            let key = sessions.removeValue(forKey: connection)
            if let key { (connections[key], peers[key]) = (nil, nil) }
            return key
        }
    }

    /// What a member's key signs with. It can be made by anybody who knows how; in a world nobody makes another member's.
    static func signature(of message: [UInt8], by member: UInt32) -> [UInt8] {
        message.reversed() + (0..<4).map { UInt8(truncatingIfNeeded: member >> ($0 * 8)) }
    }

    static func parameters(
        of disk: SimulatedDisk, run: Hash128, build: ProgramBuild = .usual
    ) -> OpeningParameters {
        OpeningParameters(
            schema: build.schema, digestKey: build.digestKey, run: run, vfs: disk.vfsName, cacheKiB: 256)
    }

    /// Puts another disk in the machine, which goes wrong in the same ways.
    func changeDisk(to image: DiskImage, seed: UInt64) {
        let next = SimulatedDisk(image, seed: seed)
        (next.capacityBytes, next.isReadOnly, next.syncLies) = (disk.capacityBytes, disk.isReadOnly, disk.syncLies)
        disk = next
    }
}
