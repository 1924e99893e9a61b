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
    ///
    /// - Parameter cuts: ascending; where the statistics of the bytes change, so that another block begins there.
    func pack(_ bytes: [UInt8], cuts: [Int]) throws(PieceError) -> [UInt8] {
        var code = 0
        let capacity = ZSTD_compressBound(bytes.count) + 16 * (cuts.count + 1)
        let packed = [UInt8](unsafeUninitializedCapacity: capacity) { target, count in
            var output = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
            bytes.withUnsafeBytes { bytes in
                var input = ZSTD_inBuffer(src: bytes.baseAddress, size: 0, pos: 0)
                for cut in cuts where cut > input.size && cut < bytes.count {
                    input.size = cut
                    repeat { code = ZSTD_compressStream2(context, &output, &input, ZSTD_e_flush) } while isUnfinished(code)
                }
                input.size = bytes.count
                repeat { code = ZSTD_compressStream2(context, &output, &input, ZSTD_e_end) } while isUnfinished(code)
            }
            count = output.pos
        }
        guard ZSTD_isError(code) == 0 else {
            ZSTD_CCtx_reset(context, ZSTD_reset_session_only)
            throw .compression(reason: String(cString: ZSTD_getErrorName(code)))
        }
        return packed
    }

    private func isUnfinished(_ code: Int) -> Bool { code != 0 && ZSTD_isError(code) == 0 }
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
