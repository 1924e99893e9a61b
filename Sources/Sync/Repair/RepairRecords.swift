internal import CRDT
public import Replica

/// The records that one side holds in a range of keys.
///
///     records = bound (the begin)   bound (the end)   byte wantsAnswer   a piece of the records
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

    /// The header that the pieces of a scope are made for at a cut.
    static func header(_ scope: Scope, _ cut: Cut) -> DeltaHeader {
        DeltaHeader(scope: scope, base: Cut(), cut: cut, horizon: VersionVector(), reach: .wholeState, runs: [])
    }
}

extension RepairRecords {
    func encode(into writer: inout ByteWriter) {
        writer.write(bound: lower)
        writer.write(bound: upper)
        writer.write(byte: wantsAnswer ? 1 : 0)
        writer.write(raw: piece)
    }

    init(of scope: Scope, decoding reader: inout ByteReader) throws(CodecError) {
        self.scope = scope
        (lower, upper) = (try reader.readBound(in: scope), try reader.readBound(in: scope))
        let start = reader.offset
        if let lower, let upper, lower >= upper { throw .notCanonical(offset: start) }
        let flag = try reader.readByte()
        guard flag <= 1 else { throw .unknownCode(UInt64(flag), offset: start) }
        wantsAnswer = flag == 1
        piece = Array(try reader.readRaw(reader.remaining))
    }
}
