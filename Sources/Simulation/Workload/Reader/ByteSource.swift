/// The plain text of a log, whatever it is packed in.
struct ByteSource: ~Copyable {
    private var raw: RawInput
    private let decoder: LogDecompressor

    /// Bytes taken from the input as it lies, so compressed ones if it is compressed.
    var bytesRead: Int { raw.bytesRead }
    /// How many there are in all, or `nil` if that cannot be known.
    var bytesTotal: Int? { raw.bytesTotal }

    init(_ input: consuming RawInput) throws(LogError.Problem) {
        var raw = input
        let prefix = try raw.prefix(LogCompression.prefixBytes)
        decoder = try LogDecompressor(LogCompression(prefix: prefix))
        self.raw = raw
    }

    /// Reads some bytes, at least one; 0 at the end.
    mutating func read(into output: UnsafeMutableBufferPointer<UInt8>) throws(LogError.Problem) -> Int {
        let decoder = decoder
        while true {
            let hasInput = try raw.refill()
            var step = DecodeStep(consumed: 0, produced: 0)
            try raw.consume { (input) throws(LogError.Problem) in
                step = try decoder.decode(input, into: output)
                return step.consumed
            }
            if step.produced > 0 { return step.produced }
            if !hasInput {
                try decoder.checkEnd()
                return 0
            }
        }
    }
}
