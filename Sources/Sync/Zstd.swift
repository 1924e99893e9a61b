internal import CZstd

/// zstd's contexts, kept between pieces because making one costs more than packing a small piece.
final class ZstdPacker {
    private let context: OpaquePointer

    /// - Parameter level: as zstd counts them.
    init(level: Int32) throws(PieceError) {
        guard let context = ZSTD_createCCtx() else { throw .compression(reason: "no memory for a packer") }
        self.context = context
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
        ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0)
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 0)
    }

    deinit { ZSTD_freeCCtx(context) }

    /// One frame, without its own size and checksum: the piece around it has both.
    func pack(_ bytes: [UInt8]) throws(PieceError) -> [UInt8] {
        var code = 0
        let packed = [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count)) { target, count in
            code = ZSTD_compress2(context, target.baseAddress, target.count, bytes, bytes.count)
            count = ZSTD_isError(code) == 0 ? code : 0
        }
        guard ZSTD_isError(code) == 0 else { throw .compression(reason: String(cString: ZSTD_getErrorName(code))) }
        return packed
    }
}

final class ZstdUnpacker {
    private let context: OpaquePointer

    init() throws(PieceError) {
        guard let context = ZSTD_createDCtx() else { throw .compression(reason: "no memory for an unpacker") }
        self.context = context
    }

    deinit { ZSTD_freeDCtx(context) }

    /// - Parameter count: how many bytes must come out; no more are ever written.
    func unpack(_ packed: UnsafeRawBufferPointer, count: Int) throws(PieceError) -> [UInt8] {
        var code = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { target, produced in
            code = ZSTD_decompressDCtx(context, target.baseAddress, target.count, packed.baseAddress, packed.count)
            produced = ZSTD_isError(code) == 0 ? code : 0
        }
        guard ZSTD_isError(code) == 0 else { throw .compression(reason: String(cString: ZSTD_getErrorName(code))) }
        guard bytes.count == count else { throw .compression(reason: "fewer bytes than announced") }
        return bytes
    }
}
