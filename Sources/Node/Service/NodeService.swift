internal import CRDT
internal import Foundation
public import Net
internal import Replica
public import Sync

/// A running node: it owns a replica, talks to any number of others, and answers commands through a socket in its directory.
///
/// One thread runs the event loop and all sessions; the replica's owner has a thread of its own, and so has the reading of
/// large deltas. What those say comes back to the loop's thread as calls.
///
/// `@unchecked Sendable`: everything that changes belongs to the loop's thread, which each entry checks through the loop.
public final class NodeService: @unchecked Sendable {
    public let directory: String
    let loop: EventLoop
    let owner: ReplicaOwner
    let spools: SpoolKeeper
    let comparer: RowComparer
    let log: NodeLog
    let configuration: NodeConfiguration
    let clock: NodeClock
    var keys: NodeKeys
    let server: TLSContext
    let client: TLSContext
    var identity: Identity
    var membership: Membership
    /// All sessions, and what they know of each other.
    var hub: SessionHub
    var lines: [SessionKey: SessionLine] = [:]
    var byConnection: [ConnectionID: SessionKey] = [:]
    var dials: DialPlan<NodeAddress>
    /// Why the last attempt at a target failed.
    var dialFailures: [Int: CloseReason] = [:]
    var attempts: [AttemptID: Int] = [:]
    var control: ControlDesk
    var enrolments: [ConnectionID: EnrolmentCall] = [:]
    var history: [UInt32: PeerHistory] = [:]
    /// Those in which something own was written since it was last signed.
    var unsigned: Set<Scope> = []
    var isRefreshing = false
    /// The scope `chain` has changed since the membership was asked for.
    var needsRefresh = false
    var renewal = RenewalState()
    var upkeep: ReplicaUpkeep
    var isMaintaining = false
    /// The replica holds something new since its last upkeep.
    var hasChanged = false
    /// As far as the log has told.
    var isDiskFull = false
    var markedScopes: [Scope] = []
    /// Those of which something is damaged.
    var ailing: [Scope] = []
    /// How many records hold values which were written without seeing each other, and when that was found out.
    var contested: (records: Int, asOf: Int64)?
    var isStopping = false
    var random = SystemRandomNumberGenerator()

    private struct Start: Sendable {
        let identity: Identity
        let membership: Membership
        let held: [Scope]
    }

    /// What a node speaks with its like, and with newcomers.
    static let sessionProtocol = "atoll/1"

    /// Opens the replica, listens and dials. `run` then serves until `stop`.
    ///
    /// - Parameters:
    ///   - configuration: as the directory's file says, or as someone who starts the node wants it.
    ///   - bounds, options: how long is waited for others, and how much is taken in from them.
    ///   - systemClock: milliseconds since 1970, as this machine believes.
    ///   - extension: answers control requests that the node itself does not know.
    public init(
        _ directory: String, _ configuration: NodeConfiguration, log: NodeLog, bounds: SessionBounds = SessionBounds(),
        options: EventLoopOptions = EventLoopOptions(),
        systemClock: @escaping @Sendable () -> Int64 = systemMilliseconds,
        extension more: ControlExtension
    ) throws {
        self.directory = directory
        self.configuration = configuration
        self.log = log
        keys = try NodeKeys.read(in: directory)
        let card = try ReplicaCard.read(in: directory)
        let reader = ChainReader(
            chain: card.chain, authority: try made { [keys] () throws(CertificateError) in try keys.authority.publicKey })
        let codecs = try SessionCodecs { reader.read($0, $1) }
        let loop = try EventLoop(options)
        self.loop = loop
        let clock = try NodeClock(directory, system: systemClock)
        self.clock = clock
        let relay = LoopRelay(loop, clock, try ChainAuthority(of: card.chain, reader.authority))
        owner = try ReplicaOwner(listener: relay.listener) { try ReplicaDirectory.open(at: directory) }
        let start = try owner.access { directory in
            if directory.doubt != nil { try directory.beginIncarnation(at: clock.milliseconds) }
            return Start(
                identity: directory.replica.identity, membership: try Membership(of: directory),
                held: directory.replica.heldScopes)
        }
        (identity, membership) = (start.identity, start.membership)
        hub = SessionHub(
            chain: identity.chain, origin: identity.origin, access: membership.access, holding: start.held, bounds: bounds,
            codecs: codecs)
        dials = DialPlan(configuration.peers.map { ($0.address, $0.member) })
        let damaged: @Sendable (RecordKey) -> Void = { [owner] key in Self.setAside(key, at: owner) }
        spools = try SpoolKeeper(directory, damaged: damaged) { reply in relay.served([reply], []) }
        comparer = RowComparer(directory, damaged: damaged) { reply in relay.served([reply], []) }
        let trust = TLSConfiguration.Trust.authority(keys.authority)
        server = try TLSContext(
            TLSConfiguration(
                credential: keys.credential(sendsAuthority: true), trust: trust,
                protocols: [
                    .init(Self.sessionProtocol), EnrolmentProtocol.enrol, EnrolmentProtocol.renew,
                ], clock: { clock.milliseconds }))
        client = try TLSContext(
            TLSConfiguration(
                credential: keys.credential(sendsAuthority: false), trust: trust, protocols: [.init(Self.sessionProtocol)],
                clock: { clock.milliseconds }))
        control = ControlDesk(more)
        upkeep = ReplicaUpkeep(at: clock.milliseconds)
        relay.service = self
    }

    /// Serves on the calling thread until `stop`; then everything is durable and closed.
    public func run() throws {
        if let address = configuration.listen {
            let listener = try loop.listen(at: try SocketAddress(numeric: address.host, port: address.port), .tls(server))
            log.log(.info, "listening", ["address": loop.address(of: listener)?.description ?? "\(address)"])
        }
        _ = try loop.listen(at: .unix(path: directory + "/" + ControlDesk.socketName), .plain)
        log.log(.info, "started", ["member": String(identity.member), "origin": String(identity.origin.rawValue, radix: 16)])
        for index in dials.targets.indices { dial(index) }
        dialHeadquarters()
        acknowledgeFences()
        renewIfDue()
        loop.after(milliseconds: Self.housekeepingMilliseconds) { [self] in keepHouse() }
        try loop.run(self)
        spools.stop()
        comparer.stop()
        owner.stop()
        try? FileManager.default.removeItem(atPath: directory + "/" + ControlDesk.socketName)
        log.log(.info, "stopped")
    }

    /// Says goodbye to everybody, makes everything durable, and lets `run` return. From any thread.
    public func stop() {
        loop.submit { [self] in
            guard !isStopping else { return }
            isStopping = true
            for key in hub.keys { hub.end(key, because: .finished, at: now) }
            carryOut()
            loop.stop()
        }
    }

    /// Asks the replica's owner; `then` is told on the loop's thread.
    func ask<Value: Sendable>(
        _ body: @escaping @Sendable (ReplicaDirectory) throws -> Value,
        then: @escaping @Sendable (Result<Value, any Error>) -> Void
    ) {
        let loop = loop
        owner.access(body) { result in loop.submit { then(result) } }
    }

    var now: Moment { Moment(monotonic: monotonicMilliseconds(), wall: clock.milliseconds) }
}

/// Carries what the owner's thread says to the loop's.
///
/// `@unchecked Sendable`: `service` is set before `loop` runs, and read on its thread alone.
final class LoopRelay: @unchecked Sendable {
    private let loop: EventLoop
    private let clock: NodeClock
    private let authority: ChainAuthority
    /// Set once, before anything is asked; read on the loop's thread.
    weak var service: NodeService?

    init(_ loop: EventLoop, _ clock: NodeClock, _ authority: ChainAuthority) {
        (self.loop, self.clock, self.authority) = (loop, clock, authority)
    }

    var listener: OwnerListener {
        OwnerListener(
            served: { [self] in served($0, $1) },
            ailing: { [self] scopes in loop.submit { [self] in service?.note(ailing: scopes) } },
            incarnation: { [self] identity in loop.submit { [self] in service?.note(incarnation: identity) } },
            verify: { [authority] checkpoint, message, replica in
                let member = try? Member(number: checkpoint.origin.member, in: replica, authority)
                return (member?.publicKey).map { $0.verify(checkpoint.signature, of: message) } ?? false
            },
            wallClock: { [clock] in clock.milliseconds })
    }

    func served(_ replies: [SessionReply], _ changed: [Scope]) {
        loop.submit { [self] in service?.take(replies, changed) }
    }
}
