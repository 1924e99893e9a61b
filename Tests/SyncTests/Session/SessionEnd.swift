import CRDT
import Replica
import Retail
import Simulation
import Sync

/// One replica on a simulated disk, with at most one session at a time.
final class SessionEnd {
    let replica: Replica
    let server: DirectServer
    var session: Session?
    var access = Access()
    /// What the line has taken from this end and not delivered yet.
    var line: [UInt8] = []
    private(set) var requestCount = 0
    var codecs: SessionCodecs
    private let disk: SimulatedDisk

    static let chain = Hash128(high: 1, low: 1)

    var member: UInt32 { replica.identity.member }

    convenience init(_ member: UInt32, seed: UInt64 = 1, schema: Schema = RetailSchema.schema) throws {
        let disk = SimulatedDisk()
        let replica = try Replica.create(
            at: "replica.db", identity: Identity(chain: Self.chain, member: member, incarnation: UInt64(member) + 1),
            epoch: 1_735_689_600_000,
            Self.parameters(disk, run: Hash128(high: UInt64(member), low: seed), schema: schema))
        try self.init(replica, on: disk, seed: seed)
    }

    /// The same disk in another machine, or the same machine after a start.
    ///
    /// - Parameter run: that nobody has drawn before.
    convenience init(startingFrom image: DiskImage, run: UInt64) throws {
        let disk = SimulatedDisk(image)
        let replica = try Replica.open(at: "replica.db", Self.parameters(disk, run: Hash128(high: run, low: ~run)))
        try self.init(replica, on: disk, seed: run)
    }

    private init(_ replica: Replica, on disk: SimulatedDisk, seed: UInt64) throws {
        self.replica = replica
        self.disk = disk
        server = DirectServer(replica, random: SeededRandom(seed: seed)) { $0.signature == Self.signature(of: $1) }
        codecs = try SessionCodecs()
    }

    private static func parameters(
        _ disk: SimulatedDisk, run: Hash128, schema: Schema = RetailSchema.schema
    ) -> OpeningParameters {
        OpeningParameters(
            schema: schema, digestKey: [UInt8](repeating: 7, count: 16), run: run, vfs: disk.vfsName,
            cacheKiB: 256)
    }

    /// What a machine's disk holds now.
    var image: DiskImage {
        get throws {
            try replica.checkpoint()
            return disk.image
        }
    }

    /// As good as any in a test, where nobody forges but who is meant to fail.
    static func signature(of message: [UInt8]) -> [UInt8] { message.reversed() }

    func begin(with peer: UInt32, asInitiator isInitiator: Bool, at now: Moment, bounds: SessionBounds = .init()) {
        var parameters = SessionParameters(
            chain: Self.chain, origin: replica.identity.origin, peer: peer, isInitiator: isInitiator,
            interest: access.interest(of: member, holding: replica.heldScopes), access: access)
        parameters.bounds = bounds
        session = Session(parameters, codecs: codecs, at: now)
        line = []
    }

    /// Changes the file behind the replica's back, as a failing disk does.
    func damage(_ statement: String) throws {
        try Connection(path: "replica.db", mode: .write, vfs: disk.vfsName).execute(statement)
    }

    /// Loses a record's row, and what remembers it.
    func lose(_ key: RecordKey) throws {
        var bytes = ByteWriter()
        key.encode(into: &bytes)
        let hex = bytes.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        try damage("DELETE FROM record WHERE key = x'\(hex)'")
        try replica.correctDigest(of: key.scope)
    }

    /// Serves what the session asks, and puts what it says on the line.
    func work(at now: Moment) {
        guard session != nil else { return }
        while let requests = session?.takeRequests(), !requests.isEmpty, let peer = session?.parameters.peer {
            for request in requests {
                requestCount += 1
                let answer = server.serve(request, from: peer, at: now.wall)
                session?.answer(answer, at: now)
            }
        }
        line += session?.takeOutput() ?? []
    }

    /// Does something locally, and tells the session.
    func perform(at now: Moment, _ body: (Transaction) throws -> Void) throws {
        let (_, receipt) = try replica.apply(at: now.wall, body)
        try replica.commit()
        session?.noteChanges(of: receipt.dots.map(\.scope), at: now)
    }

    func sell(_ id: String, lines: Int = 4, customer: String? = "C0000042", at now: Moment) throws {
        let order = NewOrder(
            id: try Identifier(id).required, customer: try customer.map { try Identifier($0).required }, payment: "card",
            total: Int64(lines) * 500, placed: now.wall,
            lines: try (0..<lines).map {
                .init(sku: try Identifier("P000\(10 + $0)").required, quantity: 2, unitPrice: 250)
            }, points: customer == nil ? 0 : 20)
        let member = member
        try perform(at: now) { try $0.place(order, at: member) }
    }

    func edit(_ customer: String, phone: String, at now: Moment) throws {
        let (member, id) = (member, try Identifier(customer).required)
        try perform(at: now) {
            try $0.edit(customer: id, [(RetailSchema.Customer.phone, phone)], at: member)
        }
    }

    /// How many orders of a member are held, and how many pieces of the first article its stock says were sold.
    func sales(of member: UInt32) throws -> (orders: Int, sold: Int64) {
        let keys = try replica.keys(of: Scope(.books, of: member), collection: RetailSchema.order.number)
        let stock = try replica.record(RetailSchema.stock(of: try Identifier("P00010").required, at: member))
        return (keys.count, stock.counter(RetailSchema.Stock.sold).value)
    }
}

struct Missing: Error {}

extension Optional {
    var required: Wrapped {
        get throws {
            guard let self else { throw Missing() }
            return self
        }
    }
}
