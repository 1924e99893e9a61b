/// What turns a log's bytes, as they lie, into its text.
enum LogDecompressor {
    case plain
    case gzip(GzipDecoder)
    case zstd(ZstdDecoder)

    init(_ compression: LogCompression?) throws(LogError.Problem) {
        switch compression {
        case nil: self = .plain
        case .gzip: self = .gzip(try GzipDecoder())
        case .zstd: self = .zstd(try ZstdDecoder())
        }
    }

    /// Turns some of `input` into `output`. With input and room for output, it always makes progress or throws.
    func decode(
        _ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
    ) throws(LogError.Problem) -> DecodeStep {
        switch self {
        case .plain:
            let count = min(input.count, output.count)
            _ = output.update(fromContentsOf: input.prefix(count))
            return DecodeStep(consumed: count, produced: count)
        case .gzip(let decoder): return try decoder.decode(input, into: output)
        case .zstd(let decoder): return try decoder.decode(input, into: output)
        }
    }

    /// Throws if the input must not end here.
    func checkEnd() throws(LogError.Problem) {
        switch self {
        case .gzip(let decoder) where !decoder.mayEnd: throw .truncated(.gzip)
        case .zstd(let decoder) where !decoder.mayEnd: throw .truncated(.zstd)
        case .plain, .gzip, .zstd: return
        }
    }
}
