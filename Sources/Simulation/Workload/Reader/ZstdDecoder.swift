internal import CZstd

/// Decompresses a stream of zstd frames, with windows up to the library's default of 128 MiB.
final class ZstdDecoder {
    private let stream: OpaquePointer
    /// Whether the input may end here: a frame has just ended.
    private(set) var mayEnd = false

    init() throws(LogError.Problem) {
        guard let stream = ZSTD_createDStream() else { throw .corrupt(.zstd, reason: "no memory for its decoder") }
        self.stream = stream
    }

    deinit { ZSTD_freeDStream(stream) }

    /// Decompresses some of `input` into `output`; says how much of each it used.
    func decode(
        _ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
    ) throws(LogError.Problem) -> DecodeStep {
        if mayEnd && input.isEmpty { return DecodeStep(consumed: 0, produced: 0) }
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let hint = ZSTD_decompressStream(stream, &target, &source)
        guard ZSTD_isError(hint) == 0 else {
            throw .corrupt(.zstd, reason: String(cString: ZSTD_getErrorName(hint)))
        }
        mayEnd = hint == 0
        return DecodeStep(consumed: source.pos, produced: target.pos)
    }
}
