internal import CRDT

/// What stands around the columns of a piece.
///
///     piece   byte 0x10 | checksum (4 bytes) | varint number of tokens | tokens | bits
///             byte 0x11 | checksum (4 bytes) | varint number of tokens | varint length, zstd frame of tokens | bits
///
/// The checksum is CRC-32 over the delta's header, the tokens and the bits.
struct PieceFrame {
    let isPacked: Bool
    let checksum: UInt32
    /// Once unpacked.
    let tokenCount: Int
    let tokens: UnsafeRawBufferPointer
    let bits: UnsafeRawBufferPointer

    static let plain: UInt8 = 0x10
    static let packed: UInt8 = 0x11

    /// - Parameter piece: must outlive the frame.
    init(_ piece: UnsafeRawBufferPointer) throws(PieceError) {
        if let format = piece.first, format != Self.plain, format != Self.packed { throw .unknownFormat(format) }
        do throws(CodecError) {
            try self.init(decoding: piece)
        } catch {
            throw .frame(error)
        }
    }

    private init(decoding piece: UnsafeRawBufferPointer) throws(CodecError) {
        guard piece.count <= PieceLimits.pieceBytes else {
            throw .oversized(UInt64(piece.count), limit: UInt64(PieceLimits.pieceBytes), offset: 0)
        }
        var reader = ByteReader(piece)
        isPacked = try reader.readByte() == Self.packed
        checksum = try reader.readFixed32()
        tokenCount = try reader.readCount(limit: PieceLimits.tokenBytes)
        tokens = isPacked ? try reader.readCounted(limit: PieceLimits.pieceBytes) : try reader.readRaw(tokenCount)
        bits = try reader.readRaw(reader.remaining)
    }

    static func encode(_ columns: ColumnWriter, _ checksum: UInt32, _ packer: ZstdPacker) throws(PieceError) -> [UInt8] {
        let tokens = columns.tokens.bytes
        let packed = tokens.count >= 64 ? try packer.pack(tokens, cuts: columns.cuts) : tokens
        let isPacked = packed.count + 2 < tokens.count
        var piece = ByteWriter(reservingCapacity: packed.count + columns.bits.bytes.count + 16)
        piece.write(byte: isPacked ? Self.packed : Self.plain)
        piece.write(fixed32: checksum)
        piece.write(varint: UInt64(tokens.count))
        if isPacked { piece.write(counted: packed) } else { piece.bytes.append(contentsOf: tokens) }
        piece.bytes.append(contentsOf: columns.bits.bytes)
        return piece.bytes
    }
}
