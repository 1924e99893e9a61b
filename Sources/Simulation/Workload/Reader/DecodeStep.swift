/// How far one call of a decompressor came.
struct DecodeStep {
    /// Bytes used of the input.
    var consumed: Int
    /// Bytes written to the output.
    var produced: Int
}
