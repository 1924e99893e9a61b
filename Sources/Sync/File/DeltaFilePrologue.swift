public import CRDT
public import Replica

/// What a delta file begins with: whose it is, and when and by whom it was written.
public struct DeltaFilePrologue: Hashable, Sendable {
    public var chain: Hash128
    /// The sender's clock when the file was begun.
    public var created: HLC
    public var sender: Origin

    public init(chain: Hash128, created: HLC, sender: Origin) {
        self.chain = chain
        self.created = created
        self.sender = sender
    }

    public static let version: UInt8 = 1
    static let magic: [UInt8] = Array("ATOLLDLT".utf8)
    /// Magic and version; what follows may differ in another version.
    static let leadBytes = 9
    static let bodyBytes = 32

    func encode(into writer: inout ByteWriter) {
        writer.write(raw: Self.magic)
        writer.write(byte: Self.version)
        writer.write(hash: chain)
        writer.write(fixed64: created.rawValue)
        writer.write(fixed64: sender.rawValue)
    }

    init(decodingBody reader: inout ByteReader) throws(CodecError) {
        chain = try reader.readHash()
        created = HLC(rawValue: try reader.readFixed64())
        sender = Origin(rawValue: try reader.readFixed64())
        try reader.expectEnd()
    }
}

/// The kinds of a file's blocks.
enum DeltaFileBlock {
    static let section: UInt8 = 1
    static let piece: UInt8 = 2
    static let trailer: UInt8 = 3

    /// The most bytes in a block.
    static let limit = UInt32(PieceLimits.pieceBytes)
}

extension DeltaFileCounts {
    func encode(into writer: inout ByteWriter) {
        writer.write(varint: UInt64(sections))
        writer.write(varint: UInt64(pieces))
        writer.write(varint: UInt64(records))
    }

    init(decoding reader: inout ByteReader) throws(CodecError) {
        sections = try reader.readCount(limit: Int(Int32.max))
        pieces = try reader.readCount(limit: Int(Int32.max))
        records = try reader.readCount(limit: Int.max)
        try reader.expectEnd()
    }
}
