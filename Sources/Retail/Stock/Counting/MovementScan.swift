internal import CRDT
internal import Replica

/// What one member's machines have moved after looks at shelves, out of the facts that they have stated.
struct MovementScan {
    /// A movement of a shelf's stock.
    private struct Step {
        let sku: Identifier
        let origin: Origin
        /// When the goods moved, in milliseconds since 1970.
        let moved: Int64
        /// Of the transaction in the store's books that said so; nil if it was said elsewhere.
        let sequence: UInt64?
        let net: Int64
    }

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
        var steps: [Identifier: [Step]] = [:]
        for key in keys {
            let paper = try replica.record(key)
            for step in try Self.steps(of: key, paper, in: scope, of: replica) where skus.contains(step.sku) {
                if origins.contains(step.origin) { steps[step.sku, default: []].append(step) }
            }
        }
        bases = wanted.map { want in
            let later = (steps[want.key.id] ?? []).filter { step in
                step.origin == want.origin && step.moved > want.entry.taken && step.sequence.map { $0 > want.sequence } ?? true
            }
            return (want, later.map { 0 &- $0.net }.reduce(want.share) { $0.addingWithinBounds($1) })
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

    /// What the facts of a record move in a stock scope.
    private static func steps(
        of key: RecordKey, _ paper: Record, in scope: Scope, of replica: Replica
    ) throws -> [Step] {
        var steps: [Step] = []
        for field in RetailSchema.schema[key.collection]?.fields ?? [] {
            guard case .facts(let movements) = field.kind else { continue }
            let stamps = Dictionary(
                paper.cells(ofField: field.number).map { ($0.dot, $0.stamp.milliseconds) }, uniquingKeysWith: min)
            for fact in paper.facts(field.number, runOf: { replica.run(of: $0, in: key.scope) }) {
                for movement in movements(key, fact.value) {
                    guard movement.key.scope == scope, let kind = StockView.Kind(field: movement.field),
                        movement.key.collection == RetailSchema.stock.number
                    else { continue }
                    let stamp = stamps[fact.dot] ?? 0
                    steps.append(
                        Step(
                            sku: movement.key.id, origin: fact.id.run.origin,
                            moved: min(stamp, paper.handedOver(key.collection, field.number) ?? stamp),
                            // What was written again, by a successor, has its number in a past that others have not seen.
                            sequence: key.scope.kind == .books && fact.dot.origin == fact.id.run.origin
                                ? fact.id.sequence : nil,
                            net: kind.sign * movement.amount))
                }
            }
        }
        return steps
    }
}

extension Record {
    /// When goods moved by a paper's own words, in milliseconds since 1970; nil if it says nothing else than when it was written.
    fileprivate func handedOver(_ collection: UInt16, _ field: UInt32) -> Int64? {
        switch (collection, field) {
        case (RetailSchema.receipt.number, _): moment(RetailSchema.Receipt.received)
        case (RetailSchema.writeOff.number, _): moment(RetailSchema.WriteOff.written)
        case (RetailSchema.transfer.number, RetailSchema.Transfer.sent): moment(RetailSchema.Transfer.dispatched)
        case (RetailSchema.transfer.number, RetailSchema.Transfer.arrived): moment(RetailSchema.Transfer.received)
        case (RetailSchema.order.number, _) where cells(ofField: RetailSchema.Order.ordered).isEmpty:
            cells(ofField: RetailSchema.Order.issue).compactMap { TupleReader($0.value, atLeast: 2)?.moment(1) }.min()
        default: nil
        }
    }
}
