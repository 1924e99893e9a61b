public import CRDT

/// An origin's signed word that its chain in a scope has this hash at this sequence.
///
///     checkpoint  varint: scope; 8 bytes of origin; varint: sequence; 16 bytes of hash; counted signature
///
/// Two of one origin, scope and sequence with different hashes prove a fork to anybody.
public struct SignedCheckpoint: Hashable, Sendable {
    public let scope: Scope
    public let origin: Origin
    public let point: ChainPoint
    public let signature: [UInt8]

    /// In bytes: room for every usual scheme's.
    public static let signatureLimit = 256

    public init(scope: Scope, origin: Origin, point: ChainPoint, signature: [UInt8]) {
        self.scope = scope
        self.origin = origin
        self.point = point
        self.signature = signature
    }

    /// The bytes that are signed.
    ///
    /// - Parameter chain: the chain that the origin belongs to (`Identity.chain`): a word for one is none for another.
    public static func message(chain: Hash128, scope: Scope, origin: Origin, point: ChainPoint) -> [UInt8] {
        var writer = ByteWriter(reservingCapacity: 80)
        writer.write(raw: "atoll checkpoint 1\n".utf8)
        writer.write(hash: chain)
        writer.write(varint: UInt64(scope.rawValue))
        writer.write(fixed64: origin.rawValue)
        writer.write(varint: point.sequence)
        writer.write(hash: point.hash)
        return writer.bytes
    }

    /// Canonical.
    public func encode(into writer: inout ByteWriter) {
        writer.write(varint: UInt64(scope.rawValue))
        writer.write(fixed64: origin.rawValue)
        writer.write(varint: point.sequence)
        writer.write(hash: point.hash)
        writer.write(counted: signature)
    }

    public init(decoding reader: inout ByteReader) throws(CodecError) {
        scope = try reader.readScope()
        origin = Origin(rawValue: try reader.readFixed64())
        let start = reader.offset
        point = ChainPoint(sequence: try reader.readVarint(), hash: try reader.readHash())
        guard (1...Limits.sequence).contains(point.sequence) else { throw .outOfRange(offset: start) }
        signature = Array(try reader.readCounted(limit: Self.signatureLimit))
    }
}
