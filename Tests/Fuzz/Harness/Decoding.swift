internal import CRDT

/// Reads all of some bytes.
///
/// - Parameter body: can throw nothing but a `CodecError`, which is how bytes are refused.
/// - Returns: nil if they are refused, or some are left over.
func decoded<Value>(_ bytes: [UInt8], _ body: (inout ByteReader) throws(CodecError) -> Value) -> Value? {
    bytes.withUnsafeBytes { raw in
        do throws(CodecError) {
            var reader = ByteReader(raw)
            let value = try body(&reader)
            try reader.expectEnd()
            return value
        } catch {
            return nil
        }
    }
}

func encoded(_ body: (inout ByteWriter) -> Void) -> [UInt8] {
    var writer = ByteWriter()
    body(&writer)
    return writer.bytes
}

/// Whatever is accepted is the one spelling of what it says.
///
/// - Returns: what was read; nil if the bytes were refused.
@discardableResult
func decodedCanonically<Value>(
    _ what: String, _ bytes: [UInt8], _ decode: (inout ByteReader) throws(CodecError) -> Value,
    _ encode: (Value, inout ByteWriter) -> Void
) throws(Violation) -> Value? {
    guard let value = decoded(bytes, decode) else { return nil }
    let again = encoded { encode(value, &$0) }
    try Violation.unless(again == bytes, "\(what) has one spelling", "\(bytes) of \(value) became \(again)")
    return value
}
