public import CRDT
public import Replica

/// A live member's word that it holds a fence: from then on it takes nothing from the lost one, and this is how far it holds
/// what the lost one wrote.
///
/// It is a record in the member's own books and not a session's memory: it outlives restarts of both sides, travels by any
/// road, a delta file included, and, what a session's acknowledgement cannot, tells what the member held *after* it knew.
public struct FenceReceipt: Hashable, Sendable {
    /// Names the fence: the transaction in the scope `chain` that stated it.
    public let fence: Dot
    /// Only the lost member's incarnations; scopes of which nothing of theirs is held are left out.
    public let held: [Scope: VersionVector]

    public init(fence: Dot, held: [Scope: VersionVector]) {
        self.fence = fence
        self.held = held.filter { !$0.value.isEmpty }
    }

    /// What a member that holds a fence has to say.
    public init(for fence: Dot, of member: UInt32, held replica: Replica) {
        let held = replica.heldScopes.map { scope in
            (scope, VersionVector(replica.vector(of: scope).entries.filter { $0.origin.member == member }))
        }
        self.init(fence: fence, held: Dictionary(uniqueKeysWithValues: held))
    }
}

extension FenceReceipt {
    private static let scopeLimit = 1 << 12
    private static let originLimit = 1 << 12

    /// Canonical: the fence's origin and sequence; then each scope with its vector, ascending.
    public var packed: [UInt8] {
        var writer = ByteWriter(reservingCapacity: 64)
        writer.write(fixed64: fence.origin.rawValue)
        writer.write(varint: fence.sequence)
        writer.write(varint: UInt64(held.count))
        for (scope, vector) in held.sorted(by: { $0.key < $1.key }) {
            writer.write(varint: UInt64(scope.rawValue))
            vector.encode(into: &writer)
        }
        return writer.bytes
    }

    /// - Throws: for bytes that are no receipt, or not in its canonical form.
    public init(packed bytes: [UInt8]) throws(CodecError) {
        let decoded = bytes.withUnsafeBytes { raw in
            var reader = ByteReader(raw)
            return Result { () throws(CodecError) in try FenceReceipt(decoding: &reader) }
        }
        self = try decoded.get()
    }

    private init(decoding reader: inout ByteReader) throws(CodecError) {
        let origin = Origin(rawValue: try reader.readFixed64())
        fence = Dot(origin: origin, sequence: try reader.readVarint())
        var held: [Scope: VersionVector] = [:]
        var last: Scope?
        for _ in 0..<(try reader.readCount(limit: Self.scopeLimit)) {
            let scope = try reader.readScope()
            guard last.map({ $0 < scope }) ?? true else { throw .notCanonical(offset: reader.offset) }
            let vector = try VersionVector(decoding: &reader, limit: Self.originLimit)
            guard !vector.isEmpty else { throw .notCanonical(offset: reader.offset) }
            held[scope] = vector
            last = scope
        }
        try reader.expectEnd()
        self.held = held
    }
}
