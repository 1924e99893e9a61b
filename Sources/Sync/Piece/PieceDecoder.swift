internal import CRDT
public import Replica

/// Unpacks the pieces of one delta, in any order: bytes that nobody vouches for become records here.
///
/// Whatever the bytes claim, no more is allocated than `PieceLimits` allow, and nothing traps. What comes out obeys the rules
/// of a delta's form: keys ascend, cells ascend, every dot lies under the cut, every value is within its limits. That keys
/// ascend from piece to piece is for the caller to see.
public final class PieceDecoder {
    private let header: DeltaHeader
    private let headerChecksum: Checksum
    private let unpacker: ZstdUnpacker

    public init(_ header: DeltaHeader) throws(PieceError) {
        self.header = header
        headerChecksum = header.checksum
        unpacker = try ZstdUnpacker()
    }

    /// - Returns: the records, ascending by key.
    public func decode(_ piece: [UInt8]) throws(PieceError) -> [DeltaRecord] {
        let columns = try piece.span.withUnsafeBytes { (piece) throws(PieceError) -> PieceColumns in
            try self.columns(of: piece)
        }
        var assembler = RecordAssembler(columns, header)
        return try assembler.records()
    }

    private func columns(of piece: UnsafeRawBufferPointer) throws(PieceError) -> PieceColumns {
        let frame = try PieceFrame(piece)
        guard frame.isPacked else { return try columns(frame.tokens, frame) }
        let tokens = try unpacker.unpack(frame.tokens, count: frame.tokenCount)
        return try tokens.span.withUnsafeBytes { (tokens) throws(PieceError) in try columns(tokens, frame) }
    }

    private func columns(_ tokens: UnsafeRawBufferPointer, _ frame: PieceFrame) throws(PieceError) -> PieceColumns {
        var checksum = headerChecksum
        checksum.add(tokens)
        checksum.add(frame.bits)
        guard checksum.value == frame.checksum else {
            throw .checksum(stored: frame.checksum, computed: checksum.value)
        }
        do throws(CodecError) {
            return try PieceColumns(tokens: tokens, bits: frame.bits, originCount: header.cut.points.count)
        } catch {
            throw .columns(error)
        }
    }
}
