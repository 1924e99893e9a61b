internal import CRDT
public import Replica

/// Says, for the machine that it works on, what that one had moved until somebody looked at a shelf (`ShelfCount`): only the machine
/// knows of what had moved and had not come to whoever counted. No I/O of its own, on the owner's thread.
///
/// Of all that the machine has moved it takes off what came after the look: what whoever counted did not hold yet, and what happened
/// later than the look by the clock of this machine. What a closed incarnation of the member had moved its successor says, again when
/// more of it has come to light.
public struct BasePublisher {
    /// Up to where each stock scope was looked through. Kept in memory only: after a start everything is looked through once.
    private var cursors: [Scope: VersionVector] = [:]

    public init() {}

    /// Says what is to be said about counts in these scopes, durably: all of it when this returns, nothing if it throws. The same call
    /// again writes nothing.
    ///
    /// - Parameters:
    ///   - scopes: in which something may have changed since they were last looked through.
    ///   - milliseconds: the wall clock, in milliseconds since 1970.
    /// - Returns: how many bases were written.
    /// - Throws: storage trouble.
    @discardableResult
    public mutating func publish(
        in scopes: some Sequence<Scope>, of replica: Replica, at milliseconds: Int64
    ) throws -> Int {
        guard !replica.isClosed, !replica.isCopy else { return 0 }
        var count = 0
        for scope in Set(scopes).sorted() where scope.kind == .stock {
            let wanted = try news(of: scope, in: replica).flatMap { try Self.wanted($0, in: replica) }
            let bases = try MovementScan(of: wanted, in: scope, of: replica).bases
            if !bases.isEmpty {
                try replica.apply(at: milliseconds) { transaction in
                    for base in bases {
                        let word = ShelfCount.Word(base: base.net, share: base.want.share)
                        try transaction.set(RetailSchema.Count.bases, base.want.element, of: base.want.key, to: word.value)
                    }
                }
                try replica.commit()
            }
            count += bases.count
            cursors[scope] = replica.vector(of: scope)
        }
        return count
    }

    /// The counts of a scope, ascending, about which there may be something to say.
    private func news(of scope: Scope, in replica: Replica) throws -> [RecordKey] {
        let (count, stock) = (RetailSchema.count.number, RetailSchema.stock.number)
        guard let cursor = cursors[scope], case .changes(let keys) = try replica.feed(of: scope, beyond: cursor) else {
            return try replica.keys(of: scope, collection: count)
        }
        // A till of the store says a word about each count, whether it has moved anything or not. Who seldom moves something there
        // says it once it does, and whoever has an earlier life when more of that is heard of.
        let own = [cursor, replica.vector(of: scope)].map { $0.entries.filter { $0.origin.member == replica.identity.member } }
        let isElsewhere = try replica.store(of: replica.identity.member) != scope.member
        let mayMove = !replica.closedOrigins.isEmpty || isElsewhere && own[0] != own[1]
        return Set(
            keys.filter { $0.collection == count || mayMove && $0.collection == stock }.map {
                RetailSchema.count(of: $0.id, at: scope.member)
            }
        ).sorted()
    }

    /// What this machine has to say about a count.
    private static func wanted(_ key: RecordKey, in replica: Replica) throws -> [WantedBase] {
        let record = try replica.record(key)
        guard !record.isEmpty else { return [] }
        let (own, store) = (replica.identity.origin, key.scope.member)
        var shares = StockView.shares(try replica.record(RetailSchema.stock(of: key.id, at: store)))
        if try replica.store(of: own.member) == store { shares[own, default: 0] += 0 }
        guard let count = ShelfCount(record, shares: shares, hash: { replica.hash(of: $0) }) else { return [] }
        return ([own] + replica.closedOrigins).compactMap { origin in
            guard let share = shares[origin], count.wantsWord(of: origin, share: share, isOver: origin != own) else {
                return nil
            }
            let element = ShelfCount.element(of: origin, for: count.reference) { replica.hash(of: $0) }
            return WantedBase(key: key, origin: origin, share: share, entry: count.reference, element: element)
        }
    }
}

/// What is to be said of a machine's movements of one SKU.
struct WantedBase {
    let key: RecordKey
    let origin: Origin
    /// All that it has moved, net.
    let share: Int64
    let entry: CountEntry
    let element: Element

    /// Up to which of its transactions whoever counted held the store's books. A look that was entered late says nothing of that.
    var sequence: UInt64 { entry.isLate ? 0 : entry.contributions[origin]?.sequence ?? 0 }
}
