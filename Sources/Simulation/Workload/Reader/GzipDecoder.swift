internal import CZlib

/// Decompresses a stream of gzip members.
final class GzipDecoder {
    /// On the heap: zlib keeps the address of its own state.
    private let stream: UnsafeMutablePointer<z_stream>
    /// Whether the input may end here: a member has just ended.
    private(set) var mayEnd = false

    init() throws(LogError.Problem) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let gzipOnly: Int32 = 15 + 16
        let code = inflateInit2_(stream, gzipOnly, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else { throw .corrupt(.gzip, reason: "zlib does not start: code \(code)") }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Decompresses some of `input` into `output`; says how much of each it used.
    func decode(
        _ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
    ) throws(LogError.Problem) -> DecodeStep {
        if mayEnd {
            if input.isEmpty { return DecodeStep(consumed: 0, produced: 0) }
            inflateReset(stream)
            mayEnd = false
        }
        let inputCount = UInt32(clamping: input.count)
        let outputCount = UInt32(clamping: output.count)
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = inputCount
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = outputCount
        let code = inflate(stream, Z_NO_FLUSH)
        let step = DecodeStep(
            consumed: Int(inputCount - stream.pointee.avail_in), produced: Int(outputCount - stream.pointee.avail_out))
        switch code {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: mayEnd = true
        // What came before the damage is given out first; the next call meets the same error.
        case Z_DATA_ERROR where step.produced > 0: break
        default: throw .corrupt(.gzip, reason: stream.pointee.msg.map { String(cString: $0) } ?? "zlib code \(code)")
        }
        return step
    }
}
