internal import CRDT

/// What a replica knows of one origin in one scope.
struct Head: Hashable {
    var point: ChainPoint
    /// The sum of the hashes of the origin's live cells, a hash for each record and transaction.
    var digest: Hash128
    /// The highest stamp seen.
    var stamp: HLC

    mutating func advance(to point: ChainPoint, _ stamp: HLC) {
        self.point = point
        self.stamp = max(self.stamp, stamp)
    }

    static let none = Head(point: ChainPoint(sequence: 0, hash: .zero), digest: .zero, stamp: .none)

    static func key(_ scope: Scope, _ originNumber: Int) -> [UInt8] {
        var writer = ByteWriter(reservingCapacity: 8)
        writer.write(varint: UInt64(scope.rawValue))
        writer.write(varint: UInt64(originNumber))
        return writer.bytes
    }

    var value: [UInt8] {
        var writer = ByteWriter(reservingCapacity: 48)
        encode(into: &writer)
        return writer.bytes
    }

    func encode(into writer: inout ByteWriter) {
        writer.write(varint: point.sequence)
        writer.write(hash: point.hash)
        writer.write(hash: digest)
        writer.write(fixed64: stamp.rawValue)
    }
}

extension Head {
    init(value: UnsafeRawBufferPointer) throws(CodecError) {
        var reader = ByteReader(value)
        point = ChainPoint(sequence: try reader.readVarint(), hash: try reader.readHash())
        digest = try reader.readHash()
        stamp = HLC(rawValue: try reader.readFixed64())
        try reader.expectEnd()
    }
}
