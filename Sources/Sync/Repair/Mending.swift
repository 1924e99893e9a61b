internal import CRDT
public import Replica

/// Records that one side asked for because its own rows of them are damaged, as the other holds them.
///
///     lack = varint scope   varint count, at least 1, of each, ascending: counted(key)
///     mend = varint scope   varint count, of each, ascending: counted(key)   (if there are any:) cut   a piece
///
/// The piece is made as `RepairRecords` says, for the cut told: at which its sender stands, wherever the other does.
public struct Mending: Hashable, Sendable {
    /// The most keys that are asked for at once.
    public static let keyLimit = 64

    public let scope: Scope
    /// Those of the keys asked for about which something is said. What is not in the piece is not held.
    public let keys: [RecordKey]
    public let cut: Cut
    public let piece: [UInt8]

    public init(scope: Scope, keys: [RecordKey], cut: Cut, piece: [UInt8]) {
        self.scope = scope
        self.keys = keys
        self.cut = cut
        self.piece = piece
    }

    static func nothing(of scope: Scope) -> Mending {
        Mending(scope: scope, keys: [], cut: Cut(), piece: [])
    }
}

extension Mending {
    func encode(into writer: inout ByteWriter) {
        writer.write(scope, keys)
        guard !keys.isEmpty else { return }
        cut.encode(into: &writer)
        writer.write(raw: piece)
    }

    init(decoding reader: inout ByteReader) throws(CodecError) {
        (scope, keys) = try reader.readKeys()
        guard !keys.isEmpty else {
            (cut, piece) = (Cut(), [])
            return
        }
        let start = reader.offset
        cut = try Cut(decoding: &reader, limit: min(FrameLimits.origins, reader.remaining / 25))
        guard cut.points.allSatisfy({ $0.point.sequence <= Limits.sequence }) else { throw .outOfRange(offset: start) }
        piece = Array(try reader.readRaw(reader.remaining))
    }
}

extension ByteWriter {
    mutating func write(_ scope: Scope, _ keys: [RecordKey]) {
        write(varint: UInt64(scope.rawValue))
        write(varint: UInt64(keys.count))
        for key in keys { write(bound: key) }
    }
}

extension ByteReader {
    /// A scope, and keys in it, ascending.
    mutating func readKeys() throws(CodecError) -> (Scope, [RecordKey]) {
        let scope = try readScope()
        var keys: [RecordKey] = []
        for _ in 0..<(try readCount(limit: Mending.keyLimit)) {
            let start = offset
            guard let key = try readBound(in: scope), keys.last.map({ $0 < key }) ?? true else {
                throw .notCanonical(offset: start)
            }
            keys.append(key)
        }
        return (scope, keys)
    }
}
