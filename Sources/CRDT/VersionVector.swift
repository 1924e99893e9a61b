/// How the knowledge of two replicas compares.
public enum CausalOrder: Hashable, Sendable {
    case equal, before, after, concurrent
}

/// What a replica holds of one scope: of each origin, every transaction up to a sequence number.
///
/// Within a scope a vector is causally closed, because deltas travel as whole cuts: whoever holds a transaction holds all
/// that its writer had seen. The join is the maximum by origin. Source: Parker et al., "Detection of Mutual Inconsistency in
/// Distributed Systems" (1983).
public struct VersionVector: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        public var origin: Origin
        public var sequence: UInt64

        @inlinable
        public init(origin: Origin, sequence: UInt64) {
            self.origin = origin
            self.sequence = sequence
        }
    }

    /// Ascending by origin; no sequence is 0.
    public private(set) var entries: [Entry]

    @inlinable
    public init() {
        self.init(sorted: [])
    }

    /// - Parameter entries: in any order; the highest sequence of an origin counts.
    public init(_ entries: some Sequence<Entry>) {
        self.init()
        for entry in entries { advance(entry.origin, to: entry.sequence) }
    }

    @usableFromInline
    init(sorted entries: [Entry]) {
        self.entries = entries
    }

    @inlinable public var isEmpty: Bool { entries.isEmpty }

    /// The last sequence held of an origin, or 0. Complexity: logarithmic in the number of origins.
    @inlinable
    public func sequence(of origin: Origin) -> UInt64 {
        let index = position(of: origin)
        return index < entries.count && entries[index].origin == origin ? entries[index].sequence : 0
    }

    @inlinable
    public func covers(_ dot: Dot) -> Bool {
        dot.sequence + (Mutants.isOn("last-transaction-not-covered") ? 1 : 0) <= sequence(of: dot.origin)
    }

    /// Whether everything that `other` holds is held here.
    public func covers(_ other: VersionVector) -> Bool {
        switch order(comparedTo: other) {
        case .equal, .after: true
        case .before, .concurrent: false
        }
    }

    /// Raises an origin's entry; a lower sequence changes nothing.
    public mutating func advance(_ origin: Origin, to sequence: UInt64) {
        guard sequence > 0 else { return }
        let index = position(of: origin)
        if index < entries.count, entries[index].origin == origin {
            entries[index].sequence = max(entries[index].sequence, sequence)
        } else {
            entries.insert(Entry(origin: origin, sequence: sequence), at: index)
        }
    }

    /// Forgets an origin: for a closed incarnation whose dots no slot holds any more.
    public mutating func remove(_ origin: Origin) {
        entries.removeAll { $0.origin == origin }
    }

    public mutating func join(_ other: VersionVector) {
        self = merged(with: other, onlyCommon: false, max)
    }

    public func joined(with other: VersionVector) -> VersionVector {
        merged(with: other, onlyCommon: false, max)
    }

    /// What both hold.
    public func met(with other: VersionVector) -> VersionVector {
        merged(with: other, onlyCommon: true, min)
    }

    public func order(comparedTo other: VersionVector) -> CausalOrder {
        var (hasMore, hasLess) = (false, false)
        forEachOrigin(with: other) { _, mine, theirs in
            if mine > theirs { hasMore = true }
            if mine < theirs { hasLess = true }
        }
        return switch (hasMore, hasLess) {
        case (false, false): .equal
        case (true, false): .after
        case (false, true): .before
        case (true, true): Mutants.isOn("concurrent-taken-for-covered") ? .after : .concurrent
        }
    }

    @inlinable
    func position(of origin: Origin) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low &+ high) >> 1
            if entries[middle].origin < origin { low = middle &+ 1 } else { high = middle }
        }
        return low
    }

    private func merged(
        with other: VersionVector, onlyCommon: Bool, _ pick: (UInt64, UInt64) -> UInt64
    ) -> VersionVector {
        var result: [Entry] = []
        result.reserveCapacity(max(entries.count, other.entries.count))
        forEachOrigin(with: other) { origin, mine, theirs in
            if onlyCommon, mine == 0 || theirs == 0 { return }
            result.append(Entry(origin: origin, sequence: pick(mine, theirs)))
        }
        return VersionVector(sorted: result)
    }

    private func forEachOrigin(with other: VersionVector, _ body: (Origin, UInt64, UInt64) -> Void) {
        let (mine, theirs) = (entries, other.entries)
        var (left, right) = (0, 0)
        while left < mine.count, right < theirs.count {
            let (next, other) = (mine[left], theirs[right])
            let origin = min(next.origin, other.origin)
            body(origin, next.origin == origin ? next.sequence : 0, other.origin == origin ? other.sequence : 0)
            if next.origin == origin { left += 1 }
            if other.origin == origin { right += 1 }
        }
        for entry in mine[left...] { body(entry.origin, entry.sequence, 0) }
        for entry in theirs[right...] { body(entry.origin, 0, entry.sequence) }
    }
}

extension VersionVector {
    /// Canonical: a count, then each origin and its sequence, ascending by origin.
    public func encode(into writer: inout ByteWriter) {
        writer.write(varint: UInt64(entries.count))
        for entry in entries {
            writer.write(fixed64: entry.origin.rawValue)
            writer.write(varint: entry.sequence)
        }
    }

    /// - Parameter limit: the most origins that are accepted.
    public init(decoding reader: inout ByteReader, limit: Int) throws(CodecError) {
        let count = try reader.readCount(limit: limit)
        entries = []
        // An entry takes 9 bytes at least: nothing is reserved for bytes that have not come.
        entries.reserveCapacity(min(count, reader.remaining / 9))
        for _ in 0..<count {
            let origin = Origin(rawValue: try reader.readFixed64())
            let sequence = try reader.readVarint()
            guard sequence > 0, entries.last.map({ $0.origin < origin }) ?? true else {
                throw .notCanonical(offset: reader.offset)
            }
            entries.append(Entry(origin: origin, sequence: sequence))
        }
    }
}
