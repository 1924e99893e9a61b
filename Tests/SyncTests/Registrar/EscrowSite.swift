import CRDT
import Replica
import Simulation
import Sync

/// A replica with rights in its records, and the broker that an owner would run beside it.
final class EscrowSite {
    static let scope = Scope(.customers)
    static let quota: UInt32 = 1
    static let schema = Schema([
        Collection(60, "coupon", [Field(quota, "quota", .escrow()), Field(2, "text", .register)])
    ])

    private(set) var replica: Replica
    private(set) var broker: EscrowBroker
    private let floor: EscrowBroker.Floor
    private var disk = SimulatedDisk()
    private var openings: UInt64 = 1

    var origin: Origin { replica.identity.origin }

    init(_ member: UInt32, keeping floor: @escaping EscrowBroker.Floor = { _, _ in 0 }) throws {
        self.floor = floor
        broker = try EscrowBroker(Self.schema, keeping: floor).required
        replica = try Replica.create(
            at: "replica.db", identity: Identity(chain: SessionEnd.chain, member: member, incarnation: UInt64(member) + 1),
            epoch: 0, Self.parameters(disk, member: member, opening: 1))
    }

    static func coupon(_ number: UInt64 = 1, in scope: Scope = scope) -> RecordKey {
        RecordKey(scope: scope, collection: 60, id: Identifier(number: number, digits: 4))
    }

    private static func parameters(
        _ disk: SimulatedDisk, member: UInt32, opening: UInt64, schema: Schema = schema
    ) -> OpeningParameters {
        OpeningParameters(
            schema: schema, digestKey: [UInt8](repeating: 7, count: 16), run: Hash128(high: UInt64(member), low: opening),
            vfs: disk.vfsName)
    }

    /// Cuts the power, and starts again from what is durable.
    func restart(schema: Schema = schema) throws {
        var random = SeededRandom(seed: openings)
        let next = SimulatedDisk(disk.powerCut(keeping: .nothing, using: &random))
        openings += 1
        replica = try withExtendedLifetime(next) {
            try Replica.open(
                at: "replica.db",
                Self.parameters(next, member: replica.identity.member, opening: openings, schema: schema))
        }
        disk = next
        broker = try EscrowBroker(Self.schema, keeping: floor).required
    }

    func change<Result>(
        _ key: RecordKey = coupon(), _ body: (inout Record, Version) throws(EscrowError) -> Result
    ) throws -> Result {
        try replica.perform(at: 1) { try $0.changeEscrow(Self.quota, of: key, body) }
    }

    func mint(_ amount: UInt64, of key: RecordKey = coupon()) throws {
        try change(key) { record, version throws(EscrowError) in try record.mint(amount, in: Self.quota, at: version) }
    }

    func use(_ amount: UInt64, of key: RecordKey = coupon()) throws {
        try change(key) { record, version throws(EscrowError) in try record.use(amount, of: Self.quota, at: version) }
    }

    func request(_ amount: UInt64, from grantor: Origin, of key: RecordKey = coupon()) throws {
        try change(key) { record, version throws(EscrowError) in
            try record.requestRights(amount, from: grantor, of: Self.quota, at: version)
        }
    }

    @discardableResult
    func decide() throws -> [EscrowGrant] { try broker.decide(in: replica.heldScopes, of: replica, at: 1) }

    /// Takes over what another one holds.
    func pull(from other: EscrowSite) throws {
        for scope in other.replica.heldScopes {
            if let delta = try other.replica.delta(scope, for: replica.cut(of: scope)) { try replica.join([delta], at: 1) }
        }
    }

    func escrow(_ key: RecordKey = coupon()) throws -> Escrow { try replica.record(key).escrow(Self.quota) }

    func rights(_ key: RecordKey = coupon()) throws -> Int64 { try escrow(key).rights(of: origin) }
}
