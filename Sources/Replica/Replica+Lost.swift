public import CRDT

/// What the chain's registrar decides about the incarnations of a member that is lost, once every live member has delivered
/// what it holds of them: whoever calls this answers for that.
extension Replica {
    /// The incarnations of a member of which anything is held here, ascending.
    public func origins(of member: UInt32) -> [Origin] {
        var origins: Set<Origin> = []
        for state in scopes.values {
            for (origin, head) in state.heads where origin.member == member && head.point.sequence > 0 {
                origins.insert(origin)
            }
        }
        return origins.sorted()
    }

    /// Closes incarnations of another member, with this one as their successor, in every scope of which something of theirs is
    /// held, and states what they counted. What of theirs turns up later still counts; but they are closed, so whoever has them
    /// must begin a new incarnation before anything is written. A retry writes nothing.
    ///
    /// - Parameters:
    ///   - lost: incarnations of other members.
    ///   - milliseconds: the wall clock, in milliseconds since 1970.
    /// - Returns: how many closures were written, one for each incarnation and scope.
    @discardableResult
    public func closeLost(_ lost: some Sequence<Origin>, at milliseconds: Int64) throws -> Int {
        try settleRecent()
        let closures = try missingClosures(of: lost)
        if !closures.isEmpty {
            let wasDue = needsRecount
            do {
                try begin()
                try noteRecount()
                try apply(at: milliseconds) { transaction in
                    for closure in closures {
                        try transaction.write(closure.key) { record, version in
                            record.assign(closure.successor, to: SystemRecords.successorSlot, at: version)
                            record.assign(.integer(Int64(closure.last)), to: SystemRecords.lastSlot, at: version)
                        }
                    }
                }
                try commit()
            } catch {
                needsRecount = wasDue
                try rollBack(after: error)
            }
        }
        if needsRecount, !Mutants.isOn("lost-members-facts-not-counted") { try recountClosed(at: milliseconds) }
        return closures.count
    }

    /// Takes over the rights of lost incarnations in every record that is held, in transactions of a few hundred records each:
    /// what is done stays done if one fails. A retry takes over what has turned up since.
    ///
    /// - Parameters:
    ///   - lost: incarnations of other members that are closed.
    ///   - milliseconds: the wall clock, in milliseconds since 1970.
    /// - Returns: what was taken over, in all records together.
    /// - Throws: `ReplicaError.quarantined`, or `.escrow` with `.unreadable`, where a row of the lost ones cannot be read.
    public func reclaimRights(of lost: some Sequence<Origin>, at milliseconds: Int64) throws -> ReclaimedRights {
        let lost = Set(lost).sorted()
        precondition(lost.allSatisfy { isClosed($0) }, "only the rights of closed incarnations are taken over")
        var reclaimed = ReclaimedRights()
        for scope in heldScopes {
            for collection in schema.collections.sorted(by: { $0.number < $1.number }) {
                let fields = collection.fields.compactMap { field in
                    if case .escrow = field.kind { field.number } else { nil }
                }.sorted()
                guard !fields.isEmpty else { continue }
                var keys = try keys(of: scope, collection: collection.number)[...]
                while !keys.isEmpty {
                    let part = keys.prefix(Self.reclaimedAtOnce)
                    keys.removeFirst(part.count)
                    try reclaimed.add(reclaim(part, fields, of: lost, at: milliseconds))
                }
            }
        }
        return reclaimed
    }

    /// How many records one transaction may change: a till is not stopped for long.
    private static var reclaimedAtOnce: Int { 500 }

    private func reclaim(
        _ keys: ArraySlice<RecordKey>, _ fields: [UInt32], of lost: [Origin], at milliseconds: Int64
    ) throws -> ReclaimedRights {
        try perform(at: milliseconds) { transaction in
            var reclaimed = ReclaimedRights()
            for key in keys {
                var rights: UInt64 = 0
                for field in fields {
                    for origin in lost {
                        rights += try transaction.changeEscrow(field, of: key) { record, version throws(EscrowError) in
                            try record.reclaimRights(of: origin, in: field, at: version)
                        }
                    }
                }
                if rights > 0 { reclaimed.add(ReclaimedRights(records: 1, rights: rights)) }
            }
            return reclaimed
        }
    }

    private struct Closure {
        let key: RecordKey
        let successor: Value
        let last: UInt64
    }

    /// The closures that nobody of this member has written yet, ascending by scope and incarnation.
    private func missingClosures(of lost: some Sequence<Origin>) throws -> [Closure] {
        let lost = Set(lost).sorted()
        precondition(lost.allSatisfy { $0.member != identity.member }, "a member's own past is settled by `reincarnate`")
        let successor = Value.integer(Int64(bitPattern: identity.origin.rawValue))
        var missing: [Closure] = []
        for scope in heldScopes {
            for origin in lost {
                let last = scopes[scope]?.head(of: origin).point.sequence ?? 0
                guard last > 0 else { continue }
                let key = SystemRecords.closure(of: origin, in: scope)
                let written = try record(key).register(SystemRecords.successorSlot)?.value
                if let written, isAdopted(origin, by: written) { continue }
                missing.append(Closure(key: key, successor: successor, last: last))
            }
        }
        return missing
    }

    /// Whether a closure names this member, be it an earlier incarnation, as the successor of another's.
    func isAdopted(_ closed: Origin, by successor: Value) -> Bool {
        guard case .integer(let bits) = successor, closed.member != identity.member else { return false }
        return Origin(rawValue: UInt64(bitPattern: bits)).member == identity.member
    }
}
