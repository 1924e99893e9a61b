internal import CRDT

/// How one request and one reply travel: a varint with the length, then the body, and nothing behind it.
public struct EnrolmentFrame: Sendable {
    /// The most bytes of a body.
    public static let byteLimit = 16 << 10

    private var bytes: [UInt8] = []

    public init() {}

    static func encode(_ body: [UInt8]) -> [UInt8] {
        precondition(body.count <= byteLimit, "what we say fits into a frame")
        var writer = ByteWriter()
        writer.write(counted: body)
        return writer.bytes
    }

    /// Takes bytes as they come, cut anywhere.
    ///
    /// - Returns: the body, once it is whole; nil until then.
    /// - Throws: `EnrolmentError.malformed` for a frame that is too long, or has something behind it. Nothing is kept.
    public mutating func take(_ more: RawSpan) throws(EnrolmentError) -> [UInt8]? {
        // No more than a frame may have, and one byte that is too many.
        let room = Self.byteLimit + 9 + 1 - bytes.count
        more.withUnsafeBytes { bytes += $0.prefix(max(0, room)) }
        do throws(CodecError) {
            return try bytes.decoded { (reader) throws(CodecError) in Array(try reader.readCounted(limit: Self.byteLimit)) }
        } catch .truncated {
            return nil
        } catch {
            bytes = []
            throw .malformed("\(error)")
        }
    }
}
