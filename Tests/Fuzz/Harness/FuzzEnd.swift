internal import CRDT
internal import Replica
internal import Retail
internal import Simulation
internal import Sync

/// One honest end of a fuzzed session: a replica on a disk in memory, with little credit and small pieces, so that short
/// sessions show everything.
final class FuzzEnd {
    let replica: Replica
    var session: Session?
    private let server: DirectServer
    private let codecs: SessionCodecs
    private let disk: SimulatedDisk
    private var nextOrder = 1

    var member: UInt32 { replica.identity.member }

    init(_ image: DiskImage, run: UInt64) throws {
        disk = SimulatedDisk(image)
        replica = try Replica.open(at: FuzzScene.path, FuzzScene.parameters(disk, run: run))
        server = DirectServer(replica, random: SeededRandom(seed: run)) { $0.signature == Self.signature(of: $1) }
        server.desk.pushedRecords = 6
        server.spools.cellTarget = 60
        codecs = try SessionCodecs()
    }

    static func signature(of message: [UInt8]) -> [UInt8] { message.reversed() }

    func begin(with peer: UInt32, asInitiator isInitiator: Bool, at now: Moment) {
        let access = Access()
        var parameters = SessionParameters(
            chain: FuzzScene.chain, origin: replica.identity.origin, peer: peer, isInitiator: isInitiator,
            interest: access.interest(of: member, holding: replica.heldScopes), access: access)
        (parameters.bounds.creditBytes, parameters.bounds.joinedRecords) = (2000, 3)
        session = Session(parameters, codecs: codecs, at: now)
    }

    /// Serves what the session asks.
    ///
    /// - Returns: the frames that it says, each with its length.
    func work(at now: Moment) throws -> [[UInt8]] {
        var bytes: [UInt8] = []
        for _ in 0..<10_000 {
            guard let requests = session?.takeRequests(), let peer = session?.parameters.peer else { return [] }
            bytes += session?.takeOutput() ?? []
            guard !requests.isEmpty else { return Self.frames(bytes) }
            for request in requests {
                session?.answer(server.serve(request, from: peer, at: now.wall), at: now)
            }
        }
        throw Violation(property: "a session comes to rest", evidence: "member \(member)")
    }

    private static func frames(_ bytes: [UInt8]) -> [[UInt8]] {
        FrameFuzz.read(bytes, chunk: .max).frames.map { sealed([$0.kind] + $0.body) }
    }

    /// A frame of its kind and body: with its length.
    static func sealed(_ frame: [UInt8]) -> [UInt8] {
        encoded { $0.write(counted: frame) }
    }

    func receive(_ bytes: some Sequence<UInt8>, at now: Moment) {
        Array(bytes).withUnsafeBytes { session?.receive($0, at: now) }
    }

    func sell(at now: Moment) throws {
        let line = NewOrder.Line(sku: try id("P00010"), quantity: 1, unitPrice: 199)
        let order = NewOrder(
            id: try id("F\(member)-\(1000 + nextOrder)"), customer: try id("C0000042"), payment: "card", total: 199,
            placed: now.wall, lines: [line], points: 1)
        nextOrder += 1
        try perform(at: now) { try $0.place(order, at: self.member) }
    }

    func edit(at now: Moment) throws {
        try perform(at: now) {
            try $0.edit(
                customer: try id("C0000042"), [(RetailSchema.Customer.phone, "\(now.wall)")], points: 1, at: self.member)
        }
    }

    private func perform(at now: Moment, _ body: (Transaction) throws -> Void) throws {
        let (_, receipt) = try replica.apply(at: now.wall, body)
        try replica.commit()
        session?.noteChanges(of: receipt.dots.map(\.scope), at: now)
    }

    func vouch(at now: Moment) throws {
        for word in try replica.ownCheckpoints(of: replica.heldScopes, sign: Self.signature) { session?.tell([word], at: now) }
    }

    func check() throws {
        for scope in replica.heldScopes {
            let (stored, computed) = (replica.digest(of: scope), try replica.recomputedDigest(of: scope))
            try Violation.unless(stored == computed, "digests are true", "\(scope) at \(member)")
        }
        guard let session else { return }
        try Violation.unless((session.phase == .closed) == (session.end != nil), "whoever ends says why", "\(member)")
    }
}
