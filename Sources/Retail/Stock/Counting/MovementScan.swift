internal import CRDT
internal import Replica

/// What one member's machines have moved after looks at shelves, out of the facts that they have stated.
struct MovementScan {
    /// What each had moved until the look, in the order in which they were asked for.
    let bases: [(want: WantedBase, net: Int64)]

    init(of wanted: [WantedBase], in scope: Scope, of replica: Replica) throws {
        guard !wanted.isEmpty else {
            bases = []
            return
        }
        let origins = Set(wanted.map(\.origin))
        let skus = Set(wanted.map(\.key.id))
        let keys = try Self.papers(for: wanted, in: Scope(.books, of: scope.member), of: replica)
        var moved: [Identifier: [(movement: StockMovement, isInBooks: Bool)]] = [:]
        for key in keys {
            for movement in try replica.movements(of: key) where movement.store == scope.member && skus.contains(movement.sku) {
                guard origins.contains(movement.fact.run.origin) else { continue }
                moved[movement.sku, default: []].append((movement, key.scope.kind == .books))
            }
        }
        bases = wanted.map { want in
            let later = (moved[want.key.id] ?? []).filter { movement, isInBooks in
                let isUnknown = isInBooks ? movement.sequence.map { $0 > want.sequence } ?? true : true
                return movement.fact.run.origin == want.origin && movement.moved > want.entry.taken && isUnknown
            }
            return (want, later.map { 0 &- $0.movement.net }.reduce(want.share) { $0.addingWithinBounds($1) })
        }
    }

    /// The records in which movements after the looks may be stated.
    private static func papers(for wanted: [WantedBase], in books: Scope, of replica: Replica) throws -> [RecordKey] {
        let transfers = try replica.heldScopes.filter { $0.kind == .mailbox }.flatMap {
            try replica.keys(of: $0, collection: RetailSchema.transfer.number)
        }
        let (own, now) = (replica.identity.origin, replica.vector(of: books))
        var floors: [Origin: UInt64] = [:]
        for want in wanted {
            let floor =
                want.entry.isLate
                ? try floor(of: want.origin, at: want.entry.taken, in: books, of: replica) : want.sequence
            floors[want.origin] = min(floors[want.origin] ?? .max, floor)
            // What a closed incarnation had kept to itself has come to light under its successors' dots.
            if want.origin != own {
                for origin in [own] + replica.closedOrigins where origin != want.origin { floors[origin] = 0 }
            }
        }
        guard case .changes(let keys) = try replica.feed(of: books, beyond: Self.lowered(now, to: floors)) else {
            return try transfers + replica.keys(of: books)
        }
        return transfers + keys
    }

    /// A transaction of a machine before which it stated nothing that happened after a moment, by its own clock: found from the end,
    /// because looks are seldom long ago.
    private static func floor(
        of origin: Origin, at moment: Int64, in books: Scope, of replica: Replica
    ) throws -> UInt64 {
        let now = replica.vector(of: books)
        let last = now.sequence(of: origin)
        var width: UInt64 = 256
        while width < last {
            let floor = last - width
            guard case .changes(let keys) = try replica.feed(of: books, beyond: lowered(now, to: [origin: floor])) else {
                return 0
            }
            let stamps = try keys.flatMap { try replica.record($0).cells }.filter {
                $0.dot.origin == origin && $0.dot.sequence > floor && $0.stamp != .none
            }.map(\.stamp.milliseconds)
            if let first = stamps.min(), first <= moment { return floor }
            width *= 4
        }
        return 0
    }

    private static func lowered(_ vector: VersionVector, to floors: [Origin: UInt64]) -> VersionVector {
        VersionVector(
            vector.entries.compactMap { entry in
                let sequence = min(entry.sequence, floors[entry.origin] ?? .max)
                return sequence > 0 ? .init(origin: entry.origin, sequence: sequence) : nil
            })
    }
}
