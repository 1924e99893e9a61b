/// Why an amount was not counted. Nothing was written.
public enum CountError: Error, Hashable, Sendable {
    /// The contributor's total would leave `Limits.magnitude`. A total that is stated outright adds to 0.
    case overflow(counted: UInt64, adding: UInt64, limit: UInt64)
}

/// What a counter (PN) reads as: the sum of what its contributors counted.
///
/// Each contributor replaces only its own cell, with totals that only grow, so concurrent counting never collides and nothing
/// is counted twice. A closed incarnation's share may be stated anew by its successor, from facts, in the slot of the element
/// that names it; every such statement is a lower bound of the truth, so the highest one counts.
/// Source: Shapiro et al., "A Comprehensive Study of Convergent and Commutative Replicated Data Types" (2011), section 3.1.
public struct Counter: Hashable, Sendable {
    /// Ascending by origin.
    public let shares: [Share]

    public struct Share: Hashable, Sendable {
        public let origin: Origin
        public fileprivate(set) var count: Count
    }

    /// Increments less decrements. Cannot overflow within `Limits`.
    public var value: Int64 { shares.reduce(0) { $0 + $1.count.net } }
    public var increments: UInt64 { shares.reduce(0) { $0 + $1.count.increments } }
    public var decrements: UInt64 { shares.reduce(0) { $0 + $1.count.decrements } }
}

extension Record {
    /// Adds to this origin's share of a counter.
    ///
    /// - Parameter amount: negative amounts are counted as decrements.
    public mutating func count(_ amount: Int64, in field: UInt32, at version: Version) throws(CountError) {
        var share = ownShare(of: field, origin: version.dot.origin)
        let isDown = amount < 0 && !Mutants.isOn("decrements-count-up")
        let side: WritableKeyPath<Count, UInt64> = isDown ? \.decrements : \.increments
        let (total, overflows) = share[keyPath: side].addingReportingOverflow(amount.magnitude)
        guard !overflows, total <= Limits.magnitude else {
            throw .overflow(counted: share[keyPath: side], adding: amount.magnitude, limit: Limits.magnitude)
        }
        share[keyPath: side] = total
        try setShare(share, in: field, at: version)
    }

    /// States this origin's own share of a counter outright: after a recount from facts.
    public mutating func setShare(_ share: Count, in field: UInt32, at version: Version) throws(CountError) {
        try share.checkMagnitude()
        let cell = Cell(slot: SlotKey(field: field), dot: version.dot, stamp: version.stamp, content: .value(.count(share)))
        write(cell) { $0.dot.origin == version.dot.origin || Mutants.isOn("own-share-replaces-all-shares") }
    }

    /// States a closed incarnation's share of a counter, recounted from the facts that bear its tag.
    public mutating func setShare(
        _ share: Count, of closed: Origin, in field: UInt32, at version: Version
    ) throws(CountError) {
        try share.checkMagnitude()
        let slot = SlotKey(field: field, element: .index(closed.rawValue))
        write(Cell(slot: slot, dot: version.dot, stamp: version.stamp, content: .value(.count(share)))) { _ in true }
    }

    public func counter(_ field: UInt32) -> Counter {
        let stated = cells(ofField: field).compactMap { cell -> Counter.Share? in
            guard case .value(.count(let count)) = cell.content else { return nil }
            let origin = if case .index(let closed) = cell.slot.element { Origin(rawValue: closed) } else { cell.dot.origin }
            return Counter.Share(origin: origin, count: count)
        }
        var shares: [Counter.Share] = []
        for share in stated.sorted(by: { $0.origin < $1.origin }) {
            if let last = shares.last, last.origin == share.origin, !Mutants.isOn("closed-share-counted-twice") {
                shares[shares.count - 1].count.raise(to: share.count)
            } else {
                shares.append(share)
            }
        }
        return Counter(shares: shares)
    }

    private func ownShare(of field: UInt32, origin: Origin) -> Count {
        if Mutants.isOn("own-share-begins-anew") { return Count() }
        for cell in self[SlotKey(field: field)] where cell.dot.origin == origin || Mutants.isOn("anybodys-share-goes-on") {
            if case .value(.count(let count)) = cell.content { return count }
        }
        return Count()
    }
}

extension Count {
    fileprivate mutating func raise(to other: Count) {
        increments = max(increments, other.increments)
        decrements = max(decrements, other.decrements)
    }

    fileprivate func checkMagnitude() throws(CountError) {
        let most = max(increments, decrements)
        guard most <= Limits.magnitude else { throw .overflow(counted: 0, adding: most, limit: Limits.magnitude) }
    }
}
