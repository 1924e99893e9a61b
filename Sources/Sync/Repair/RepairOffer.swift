internal import CRDT
public import Replica

/// What one side holds of some ranges of keys in a scope, summed up: the other side finds out in which of them it differs.
///
/// Source: Meyer, "Range-Based Set Reconciliation" (2022).
///
///     offer = varint scope   bound (the end)   varint count, of each range: bound (its begin)   varint records   16 bytes of sum
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
    /// Ascending by begin.
    public let ranges: [Range]
    /// nil for the scope's end.
    public let upper: RecordKey?

    public init(scope: Scope, ranges: [Range], upper: RecordKey?) {
        self.scope = scope
        self.ranges = ranges
        self.upper = upper
    }
}

/// The records that one side holds in a range of keys.
///
///     records = varint scope   bound (the begin)   bound (the end)   byte wantsAnswer   a piece of the records
///
/// The piece is made for the header of a whole state with the cut at which both sides stand, without base, horizon and runs:
/// who stands elsewhere cannot decode it.
public struct RepairRecords: Hashable, Sendable {
    /// The most records of a range that are sent at once.
    public static let recordLimit = 64

    public let scope: Scope
    public let lower: RecordKey?
    public let upper: RecordKey?
    /// Whether the other side's records of the range are wanted.
    public let wantsAnswer: Bool
    public let piece: [UInt8]

    public init(scope: Scope, lower: RecordKey?, upper: RecordKey?, wantsAnswer: Bool, piece: [UInt8]) {
        self.scope = scope
        self.lower = lower
        self.upper = upper
        self.wantsAnswer = wantsAnswer
        self.piece = piece
    }
}

/// What a repair goes on with.
public enum RepairMove: Hashable, Sendable {
    case offer(RepairOffer)
    case records(RepairRecords)
}

extension RepairOffer {
    func encode(into writer: inout ByteWriter) {
        writer.write(varint: UInt64(scope.rawValue))
        writer.write(bound: upper)
        writer.write(varint: UInt64(ranges.count))
        for range in ranges {
            writer.write(bound: range.lower)
            writer.write(varint: UInt64(range.sum.count))
            writer.write(hash: range.sum.sum)
        }
    }

    init(decoding reader: inout ByteReader) throws(CodecError) {
        scope = try reader.readScope()
        upper = try reader.readBound(in: scope)
        var ranges: [Range] = []
        for index in 0..<(try reader.readCount(limit: Self.rangeLimit)) {
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

extension RepairRecords {
    func encode(into writer: inout ByteWriter) {
        writer.write(varint: UInt64(scope.rawValue))
        writer.write(bound: lower)
        writer.write(bound: upper)
        writer.write(byte: wantsAnswer ? 1 : 0)
        writer.write(raw: piece)
    }

    init(decoding reader: inout ByteReader) throws(CodecError) {
        scope = try reader.readScope()
        (lower, upper) = (try reader.readBound(in: scope), try reader.readBound(in: scope))
        let start = reader.offset
        if let lower, let upper, lower >= upper { throw .notCanonical(offset: start) }
        let flag = try reader.readByte()
        guard flag <= 1 else { throw .unknownCode(UInt64(flag), offset: start) }
        wantsAnswer = flag == 1
        piece = Array(try reader.readRaw(reader.remaining))
    }
}

extension ByteWriter {
    fileprivate mutating func write(bound key: RecordKey?) {
        var bytes = ByteWriter()
        key?.encode(into: &bytes)
        write(counted: bytes.bytes)
    }
}

extension ByteReader {
    /// - Parameter scope: to which a key must belong.
    fileprivate mutating func readBound(in scope: Scope) throws(CodecError) -> RecordKey? {
        let start = offset
        let bytes = try readCounted(limit: 128)
        guard !bytes.isEmpty else { return nil }
        var reader = ByteReader(bytes)
        let key = try RecordKey(decoding: &reader)
        guard key.scope == scope else { throw .outOfRange(offset: start) }
        return key
    }
}
