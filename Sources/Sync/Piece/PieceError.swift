public import CRDT
public import Replica

/// Why a piece was refused, or could not be made.
public enum PieceError: Error, Hashable, Sendable {
    /// The first byte names a format that this version does not know.
    case unknownFormat(UInt8)
    /// The frame around the columns is cut short, too long or too large; offsets count from the piece's start.
    case frame(CodecError)
    /// zstd refuses the compressed columns.
    case compression(reason: String)
    /// The columns or their bits are not what was encoded, or were encoded for another header.
    case checksum(stored: UInt32, computed: UInt32)
    /// The columns break their grammar; offsets count from the columns' start.
    case columns(CodecError)
    /// The records break a rule of a delta's form.
    case malformed(DeltaFault)
    /// A single record is larger than a whole piece may be.
    case recordTooLarge(RecordKey, values: Int, contentBytes: Int)
}
