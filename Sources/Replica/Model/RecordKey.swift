public import CRDT

/// The name of a record: its scope, its collection's permanent number, its id.
public struct RecordKey: Hashable, Sendable {
    public var scope: Scope
    public var collection: UInt16
    public var id: Identifier

    public init(scope: Scope, collection: UInt16, id: Identifier) {
        self.scope = scope
        self.collection = collection
        self.id = id
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(UInt64(scope.rawValue) << 16 | UInt64(collection))
        hasher.combine(id)
    }
}

extension RecordKey: Comparable {
    /// The order of the encoded bytes, which is the order of rows.
    public static func < (left: RecordKey, right: RecordKey) -> Bool {
        if left.scope != right.scope { return left.scope < right.scope }
        if left.collection != right.collection { return left.collection < right.collection }
        return left.id < right.id
    }
}

extension RecordKey: CustomStringConvertible {
    public var description: String { "\(scope)/\(collection)/\(id)" }
}

extension RecordKey {
    /// Canonical: two varints and the id, whose end is the key's end.
    public func encode(into writer: inout ByteWriter) {
        writer.write(varint: UInt64(scope.rawValue))
        writer.write(varint: UInt64(collection))
        id.encodeLast(into: &writer)
    }

    /// - Parameter reader: ends where the key ends.
    public init(decoding reader: inout ByteReader) throws(CodecError) {
        scope = try reader.readScope()
        let start = reader.offset
        guard let collection = UInt16(exactly: try reader.readVarint()) else { throw .outOfRange(offset: start) }
        self.collection = collection
        id = try Identifier(decodingLast: &reader)
        try reader.expectEnd()
    }

    init(row bytes: UnsafeRawBufferPointer) throws(CodecError) {
        var reader = ByteReader(bytes)
        try self.init(decoding: &reader)
    }

    /// The bytes with which every key of a scope, or of one of its collections, begins.
    static func prefix(_ scope: Scope, _ collection: UInt16? = nil) -> [UInt8] {
        var writer = ByteWriter(reservingCapacity: 8)
        writer.write(varint: UInt64(scope.rawValue))
        if let collection { writer.write(varint: UInt64(collection)) }
        return writer.bytes
    }
}

extension [UInt8] {
    /// The first byte string above all those that begin with this one. Never asked of a prefix of nothing but 0xFF.
    var upperBound: [UInt8] {
        var bound = self
        while let last = bound.popLast() {
            if last < 0xFF { return bound + [last + 1] }
        }
        return [0xFF, 0xFF]
    }
}
