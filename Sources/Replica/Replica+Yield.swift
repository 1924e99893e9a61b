public import CRDT

/// A fork that reached others before its own member knew of it: two of them hold different transactions of a third under the same
/// numbers, and neither takes the other's deltas. Whoever is not headquarters gives way to it.
extension Replica {
    /// Notes that another member's history here is not the one that somebody else holds: which incarnation's is found out when
    /// headquarters is asked.
    public func noteContested(_ scope: Scope) { contested.insert(scope) }

    /// The incarnations of other members of which headquarters may hold another history: those of which it tells another hash, and,
    /// where a fork was found or told of since the last time, all of which it holds more or less.
    ///
    /// - Parameter cut: headquarters', of this scope.
    public func contestedOrigins(in scope: Scope, headquarters cut: Cut) throws -> [Origin] {
        let isContested = contested.remove(scope) != nil
        return try cut.points.filter { origin, point in
            let mine = scopes[scope]?.head(of: origin).point ?? Head.none.point
            guard origin.member != identity.member, mine.sequence > 0, mine != point else { return false }
            if isContested { return true }
            return try knownHash(of: origin, at: point.sequence, in: scope).map { $0 != point.hash } ?? false
        }.map(\.origin)
    }

    /// Gives way to headquarters: what is held here of another member's history beyond where the two part leaves its chain, and is
    /// written again under this incarnation, as a member's own lost branch is (`salvage`). This replica closes the other's
    /// incarnation and answers for what it counted from then on; nothing is lost, and facts count once by their identity.
    ///
    /// - Parameters:
    ///   - origin: of another member.
    ///   - theirs: what headquarters knows of its chain in this scope.
    ///   - milliseconds: the wall clock, in milliseconds since 1970.
    /// - Returns: how many transactions were written again: none if the two histories are one, as far as both go.
    @discardableResult
    public func yield(
        _ origin: Origin, in scope: Scope, to theirs: ChainKnowledge, at milliseconds: Int64
    ) throws -> UInt64 {
        precondition(origin.member != identity.member, "one's own past is settled by `settle`")
        guard overlays[scope] == nil else { throw ReplicaError.folding(scope: scope) }
        // Whoever may not write now begins a new incarnation first; the fork is met again.
        guard !isClosed, !isCopy, !Mutants.isOn("nobody-gives-way") else { return 0 }
        try settleRecent()
        let mine = try knowledge(of: origin, in: scope)
        guard mine.hasParted(from: theirs) else { return 0 }
        return try writeAgain(origin, in: scope, beyond: mine.agreement(with: theirs) ?? Head.none.point, at: milliseconds)
    }

    /// The same where headquarters, whose disk was set back, do not know transactions of their own, and no signature proves them: this
    /// replica makes them its own.
    ///
    /// - Parameter point: up to where headquarters know their own. If it lies on another history, the two have parted, which is left
    ///   to `yield`.
    @discardableResult
    public func concede(
        _ origin: Origin, in scope: Scope, beyond point: ChainPoint, at milliseconds: Int64
    ) throws -> UInt64 {
        precondition(origin.member != identity.member, "one's own past is settled by `settle`")
        guard overlays[scope] == nil else { throw ReplicaError.folding(scope: scope) }
        guard !isClosed, !isCopy, !Mutants.isOn("nobody-gives-way") else { return 0 }
        try settleRecent()
        let mine = try knowledge(of: origin, in: scope)
        guard point.sequence < mine.last else { return 0 }
        if let known = mine.points.first(where: { $0.sequence == point.sequence }), known.hash != point.hash {
            noteContested(scope)
            return 0
        }
        // What lies between the last point that is known here and theirs comes again from them.
        let agreed = mine.points.last { $0.sequence <= point.sequence } ?? Head.none.point
        return try writeAgain(origin, in: scope, beyond: agreed, at: milliseconds)
    }

    private func writeAgain(
        _ origin: Origin, in scope: Scope, beyond agreed: ChainPoint, at milliseconds: Int64
    ) throws -> UInt64 {
        let last = scopes[scope]?.head(of: origin).point.sequence ?? 0
        let wasDue = needsRecount
        do {
            try begin()
            try noteRecount()
            try rewrite(origin, in: scope, beyond: agreed, upTo: last)
            try apply(at: milliseconds) { transaction in
                try transaction.write(SystemRecords.closure(of: origin, in: scope)) { record, version in
                    record.assign(
                        .integer(Int64(bitPattern: identity.origin.rawValue)), to: SystemRecords.successorSlot, at: version)
                    record.assign(.integer(Int64(agreed.sequence)), to: SystemRecords.lastSlot, at: version)
                }
            }
            try commit()
        } catch {
            needsRecount = wasDue
            try rollBack(after: error)
        }
        return last - agreed.sequence
    }
}
