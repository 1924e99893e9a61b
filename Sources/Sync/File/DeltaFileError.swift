public import CRDT
public import Replica

/// Why a delta file was refused. Sections and pieces are counted from 0; offsets from the file's start.
public enum DeltaFileError: Error, Hashable, Sendable {
    /// It does not begin like a delta file.
    case notADeltaFile
    case newerVersion(found: UInt8, supported: UInt8)
    /// It belongs to another chain of stores.
    case otherChain(found: Hash128, expected: Hash128)
    /// It ends before its trailer: it was not copied whole.
    case truncated(offset: Int)
    /// A checksum does not fit: what stands before the offset is not what was written.
    case damaged(section: Int?, piece: Int?, offset: Int)
    /// Bytes follow the trailer.
    case trailing(offset: Int)
    case unknownBlock(UInt8, offset: Int)
    case oversizedBlock(length: UInt32, limit: UInt32, offset: Int)
    /// A piece before any section.
    case pieceWithoutSection(offset: Int)
    /// The checksum fits, and what it covers still breaks the grammar of a header or a trailer.
    case block(CodecError, section: Int?)
    case piece(PieceError, section: Int, piece: Int)
    /// A piece's first key does not follow the last one of the piece before.
    case keysOutOfOrder(RecordKey, section: Int, piece: Int)
    /// The trailer counts otherwise.
    case miscounted(DeltaFileCounts, trailer: DeltaFileCounts)
    /// The file is not the one that was verified.
    case changed
}

/// What a delta file holds.
public struct DeltaFileCounts: Hashable, Sendable {
    public var sections = 0
    public var pieces = 0
    public var records = 0

    public init() {}
}

/// A delta file that was read to its end, and found whole.
public struct DeltaFileSummary: Hashable, Sendable {
    public let prologue: DeltaFilePrologue
    public let headers: [DeltaHeader]
    public let counts: DeltaFileCounts
    public let bytes: Int
    /// Over the whole file.
    public let checksum: UInt32
}
