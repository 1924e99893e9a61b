internal import CRDT

/// Counters are caches, facts are the truth: whenever a counter's single writer is in doubt, its share is counted again.
extension Replica {
    /// A counter of a record.
    struct CounterKey: Hashable, Comparable {
        let key: RecordKey
        let field: UInt32

        static func < (left: CounterKey, right: CounterKey) -> Bool {
            left.key == right.key ? left.field < right.field : left.key < right.key
        }
    }

    /// States anew what closed incarnations of this member, and lost ones that it closed, counted, from the facts that bear
    /// their tag.
    ///
    /// A share is only ever raised: every statement and every cell is a lower bound of the truth.
    ///
    /// - Parameter milliseconds: the wall clock, in milliseconds since 1970.
    /// - Returns: how many shares were stated anew.
    @discardableResult
    public func recountClosed(at milliseconds: Int64) throws -> Int {
        let closed = Set(closedOrigins).subtracting([identity.origin]).union(adopted)
        var stated = 0
        if !closed.isEmpty {
            let totals = try factTotals { closed.contains($0) }
            try perform(at: milliseconds) { transaction in
                for (origin, counts) in totals.sorted(by: { $0.key < $1.key }) {
                    for (counter, total) in counts.sorted(by: { $0.key < $1.key }) {
                        if try raise(counter, of: origin, to: total, in: transaction) { stated += 1 }
                    }
                }
            }
        }
        if needsRecount {
            try inTransaction { try Meta(connection).remove(Self.recountName) }
            needsRecount = false
        }
        return stated
    }

    /// Counts this incarnation's own shares of some records again, after they were damaged.
    ///
    /// - Parameter milliseconds: the wall clock, in milliseconds since 1970.
    public func recountOwn(_ keys: Set<RecordKey>, at milliseconds: Int64) throws {
        let totals = try factTotals { $0 == identity.origin }[identity.origin] ?? [:]
        try perform(at: milliseconds) { transaction in
            for (counter, total) in totals.sorted(by: { $0.key < $1.key }) where keys.contains(counter.key) {
                try transaction.setShare(total, of: nil, in: counter.field, of: counter.key)
            }
        }
    }

    /// The sums of all distinct facts that are held, by the incarnation that stated them and the counter that they move.
    ///
    /// - Throws: `ReplicaError.quarantined` if a record of facts is set aside: a sum without it would be too low.
    func factTotals(where isWanted: (Origin) -> Bool) throws -> [Origin: [CounterKey: Count]] {
        var totals: [Origin: [CounterKey: Count]] = [:]
        for scope in heldScopes {
            for collection in schema.collections {
                let fields = collection.fields.compactMap { field in
                    if case .facts(let movements) = field.kind { (field.number, movements) } else { nil }
                }
                guard !fields.isEmpty else { continue }
                for key in try keys(of: scope, collection: collection.number) {
                    let record = try record(key)
                    for (field, movements) in fields {
                        for fact in record.facts(field, runOf: { scopes[scope]?.run(of: $0) })
                        where isWanted(fact.id.run.origin) {
                            for movement in movements(key, fact.value) {
                                let counter = CounterKey(key: movement.key, field: movement.field)
                                totals[fact.id.run.origin, default: [:]][counter, default: Count()]
                                    .add(movement.amount)
                            }
                        }
                    }
                }
            }
        }
        return totals
    }

    private func raise(
        _ counter: CounterKey, of origin: Origin, to total: Count, in transaction: Transaction
    ) throws -> Bool {
        let shares = try transaction.record(counter.key).counter(counter.field).shares
        let present = shares.first { $0.origin == origin }?.count ?? Count()
        var raised = Count(
            increments: max(present.increments, total.increments), decrements: max(present.decrements, total.decrements))
        if Mutants.isOn("recount-adds-to-the-share") { raised.increments = present.increments + total.increments }
        guard raised != present else { return false }
        try transaction.setShare(raised, of: origin, in: counter.field, of: counter.key)
        return true
    }
}

extension Count {
    /// Facts that come from elsewhere say any number: a sum that leaves 64 bits stays at their highest, and is then refused as
    /// a share, as every sum above `Limits.magnitude` is.
    fileprivate mutating func add(_ amount: Int64) {
        let side: WritableKeyPath<Count, UInt64> = amount < 0 ? \.decrements : \.increments
        let (sum, overflows) = self[keyPath: side].addingReportingOverflow(amount.magnitude)
        self[keyPath: side] = overflows ? .max : sum
    }
}
