internal import CRDT
public import Replica
internal import Retail
internal import Sync

/// One machine of a simulated world: a disk, a clock, and while it runs a replica with its sessions. What it knows outside its
/// disk is gone with each crash.
public final class SimulatedNode {
    public let index: Int
    public let member: UInt32
    public internal(set) var disk: SimulatedDisk
    public internal(set) var clock: WorldClock
    /// What somebody has copied of its disk.
    var backup: DiskImage?
    /// How often it has started: what was meant for an earlier life is nothing to this one.
    public internal(set) var life: UInt64 = 0
    /// What runs; nil while the machine is off.
    var running: Running?

    /// One life.
    struct Running {
        let replica: Replica
        let server: DirectServer
        var hub: SessionHub
        var dials: DialPlan<Int>
        var lines = Lines()
        var random: SeededRandom
        /// When each session wants to be woken.
        var wakes: [SessionKey: Int64] = [:]
        /// Scopes in which something own was written since it was last signed.
        var unsigned: Set<Scope> = []
        /// When the last answer of the replica comes: they keep their order.
        var lastAnswer: Int64 = 0
    }

    /// Which connection is which session's, and which attempt is which target's.
    struct Lines {
        var sessions: [SimulatedNetwork.ConnectionID: SessionKey] = [:]
        var connections: [SessionKey: SimulatedNetwork.ConnectionID] = [:]
        var targets: [SimulatedNetwork.ConnectionID: Int] = [:]

        mutating func add(_ key: SessionKey, _ connection: SimulatedNetwork.ConnectionID) {
            (sessions[connection], connections[key]) = (key, connection)
        }

        mutating func remove(_ connection: SimulatedNetwork.ConnectionID) -> SessionKey? {
            let key = sessions.removeValue(forKey: connection)
            if let key { connections[key] = nil }
            return key
        }
    }

    init(_ index: Int, member: UInt32, _ disk: SimulatedDisk, _ clock: WorldClock) {
        (self.index, self.member, self.disk, self.clock) = (index, member, disk, clock)
    }

    public var isRunning: Bool { running != nil }

    /// While it runs.
    public var replica: Replica? { running?.replica }

    static let path = "replica.db"
}

extension SimulatedNode {
    /// What signs in a world: nobody there forges but who is meant to.
    static func signature(of message: [UInt8]) -> [UInt8] { message.reversed() }

    static func parameters(of disk: SimulatedDisk, run: Hash128) -> OpeningParameters {
        OpeningParameters(
            schema: RetailSchema.schema, digestKey: [UInt8](repeating: 7, count: 16), run: run, vfs: disk.vfsName,
            cacheKiB: 256)
    }
}
