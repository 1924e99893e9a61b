internal import CRDT
public import Replica

/// What one side holds of some ranges of keys in a scope, summed up: the other side finds out in which of them it differs.
///
/// Source: Meyer, "Range-Based Set Reconciliation" (2022).
///
///     offer = bound (the end)   varint count, of each range: bound (its begin)   varint records   16 bytes of sum
///     bound = counted, a key's encoding; empty for the scope's begin or end
///
/// A range goes from its begin, which belongs to it, to the next one's.
public struct RepairOffer: Hashable, Sendable {
    public struct Range: Hashable, Sendable {
        /// nil for the scope's first key.
        public let lower: RecordKey?
        public let sum: Fingerprint

        public init(lower: RecordKey?, sum: Fingerprint) {
            self.lower = lower
            self.sum = sum
        }
    }

    /// The most ranges of an offer.
    public static let rangeLimit = 64

    public let scope: Scope
    /// Ascending by begin, one at least.
    public let ranges: [Range]
    /// nil for the scope's end.
    public let upper: RecordKey?

    public init(scope: Scope, ranges: [Range], upper: RecordKey?) {
        self.scope = scope
        self.ranges = ranges
        self.upper = upper
    }
}

extension RepairOffer {
    func encode(into writer: inout ByteWriter) {
        writer.write(bound: upper)
        writer.write(varint: UInt64(ranges.count))
        for range in ranges {
            writer.write(bound: range.lower)
            writer.write(varint: UInt64(range.sum.count))
            writer.write(hash: range.sum.sum)
        }
    }

    init(of scope: Scope, decoding reader: inout ByteReader) throws(CodecError) {
        self.scope = scope
        upper = try reader.readBound(in: scope)
        var ranges: [Range] = []
        let start = reader.offset
        let count = try reader.readCount(limit: Self.rangeLimit)
        guard count > 0 else { throw .outOfRange(offset: start) }
        for index in 0..<count {
            let start = reader.offset
            let lower = try reader.readBound(in: scope)
            if index > 0 {
                guard let lower, ranges[index - 1].lower.map({ $0 < lower }) ?? true else { throw .notCanonical(offset: start) }
            }
            let count = try reader.readCount(limit: 1 << 40)
            ranges.append(Range(lower: lower, sum: Fingerprint(count: count, sum: try reader.readHash())))
        }
        if let upper, let last = ranges.last?.lower, last >= upper { throw .notCanonical(offset: reader.offset) }
        self.ranges = ranges
        try reader.expectEnd()
    }
}

extension ByteWriter {
    mutating func write(bound key: RecordKey?) {
        var bytes = ByteWriter()
        key?.encode(into: &bytes)
        write(counted: bytes.bytes)
    }
}

extension ByteReader {
    /// - Parameter scope: to which a key must belong.
    mutating func readBound(in scope: Scope) throws(CodecError) -> RecordKey? {
        let start = offset
        let bytes = try readCounted(limit: 256)
        guard !bytes.isEmpty else { return nil }
        var reader = ByteReader(bytes)
        let key = try RecordKey(decoding: &reader)
        guard key.scope == scope else { throw .outOfRange(offset: start) }
        return key
    }
}
