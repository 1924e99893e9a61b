internal import CRDT
public import Replica

/// Decides, as the grantor, what others ask of the rights that are held here: no I/O of its own, on the owner's thread.
///
/// A request travels with its requester's row and names this incarnation; the answer, granted or not, is written into this
/// one's row, under one dot with the number of the request. So a request that comes twice is decided once, whatever was lost
/// or restarted in between, and what was granted is durable before any peer can be told of it. What a replica grants comes out
/// of its own rights: no schedule of brokers promises more than the quota. Source: Balegas et al. (2015), as for `Escrow`.
public struct EscrowBroker {
    /// How many rights stay here of a record's field, whoever asks.
    public typealias Floor = @Sendable (RecordKey, _ field: UInt32) -> UInt64

    private struct Decidable {
        let field: UInt32
        let supply: @Sendable (Transaction, RecordKey) throws -> Void
    }

    /// By collection.
    private let fields: [UInt16: [Decidable]]
    private let floor: Floor
    /// Up to where each scope was looked through. Kept in memory only: after a start everything is looked through once.
    private var cursors: [Scope: VersionVector] = [:]
    /// Records that could not be decided on, and are tried again with whatever comes next: one that is damaged here may be
    /// mended without being news to anybody.
    private var undecided: [Scope: Set<RecordKey>] = [:]

    /// - Returns: nil if the schema has no rights to decide on, so that whoever has no broker pays nothing.
    public init?(_ schema: Schema, keeping floor: @escaping Floor = { _, _ in 0 }) {
        var fields: [UInt16: [Decidable]] = [:]
        for collection in schema.collections {
            for field in collection.fields {
                guard case .escrow(let supply) = field.kind else { continue }
                fields[collection.number, default: []].append(Decidable(field: field.number, supply: supply))
            }
        }
        guard !fields.isEmpty else { return nil }
        self.fields = fields
        self.floor = floor
    }

    /// The records that could not be decided on, ascending.
    public var waiting: [RecordKey] { undecided.values.flatMap(\.self).sorted() }

    /// Decides what is open in these scopes, durably: all of it when this returns, nothing if it throws. The same call again
    /// changes nothing.
    ///
    /// A record that cannot be read, or whose row has no room left, keeps the others from nothing.
    ///
    /// - Parameters:
    ///   - scopes: in which something may have changed since they were last looked through.
    ///   - milliseconds: the wall clock, in milliseconds since 1970.
    /// - Returns: what was decided, ascending by record, field and requester.
    /// - Throws: storage trouble.
    public mutating func decide(
        in scopes: some Sequence<Scope>, of replica: Replica, at milliseconds: Int64
    ) throws -> [EscrowGrant] {
        guard !replica.isClosed, !replica.isCopy else { return [] }
        let scopes = Set(scopes).sorted()
        var grants: [EscrowGrant] = []
        var refused: [Scope: Set<RecordKey>] = [:]
        for scope in scopes {
            for key in try news(of: scope, in: replica) {
                do {
                    grants += try decide(key, of: replica, at: milliseconds)
                } catch is ReplicaError {
                    refused[scope, default: []].insert(key)
                }
            }
        }
        if !grants.isEmpty { try replica.commit() }
        for scope in scopes {
            cursors[scope] = replica.vector(of: scope)
            undecided[scope] = Mutants.isOn("undecided-request-forgotten") ? nil : refused[scope]
        }
        return grants
    }

    /// The records of a scope, ascending, in which a request may have come.
    private func news(of scope: Scope, in replica: Replica) throws -> [RecordKey] {
        if let cursor = cursors[scope], case .changes(let keys) = try replica.feed(of: scope, beyond: cursor) {
            let changed = keys.filter { fields[$0.collection] != nil }
            guard let waiting = undecided[scope] else { return changed }
            return waiting.union(changed).sorted()
        }
        // What is set aside is listed nowhere else.
        let aside = replica.quarantinedKeys.filter { $0.scope == scope && fields[$0.collection] != nil }
        return try aside + fields.keys.sorted().flatMap { try replica.keys(of: scope, collection: $0) }
    }

    private func decide(_ key: RecordKey, of replica: Replica, at milliseconds: Int64) throws -> [EscrowGrant] {
        let (record, own) = (try replica.record(key), replica.identity.origin)
        let open = (fields[key.collection] ?? []).map { decidable in
            let escrow = record.escrow(decidable.field)
            let requesters = escrow.rows.keys.sorted().filter { requester in
                // Rights of an incarnation that has ended would be frozen with it.
                escrow.openRequest(of: requester, to: own) != nil
                    && (!replica.isClosed(requester) || Mutants.isOn("ended-incarnation-is-granted"))
            }
            return (decidable, requesters)
        }.filter { !$0.1.isEmpty }
        guard !open.isEmpty else { return [] }
        return try replica.apply(at: milliseconds) { transaction in
            for (decidable, _) in open { try decidable.supply(transaction, key) }
            let requests = open.flatMap { decidable, requesters in requesters.map { (decidable.field, $0) } }
            return try requests.compactMap { field, requester in
                try transaction.changeEscrow(field, of: key) { record, version throws(EscrowError) in
                    try record.grantRights(to: requester, of: field, keeping: floor(key, field), at: version)
                }.map { EscrowGrant(key: key, field: field, requester: requester, amount: $0) }
            }
        }.result
    }
}
