public import CRDT

/// How far an origin's transactions are held in a scope, and the hash that its chain has there.
public struct ChainPoint: Hashable, Sendable {
    public var sequence: UInt64
    public var hash: Hash128

    public init(sequence: UInt64, hash: Hash128) {
        self.sequence = sequence
        self.hash = hash
    }
}

/// A version vector taken as a point, each entry with its origin's chained hash: two chains of one origin cannot hide behind
/// their numbers.
public struct Cut: Hashable, Sendable {
    /// Ascending by origin.
    public private(set) var points: [(origin: Origin, point: ChainPoint)]
    public private(set) var vector: VersionVector

    public init() {
        self.init([])
    }

    public init(_ points: some Sequence<(origin: Origin, point: ChainPoint)>) {
        self.points = points.filter { $0.point.sequence > 0 }.sorted { $0.origin < $1.origin }
        vector = VersionVector(self.points.map { .init(origin: $0.origin, sequence: $0.point.sequence) })
    }

    public subscript(origin: Origin) -> ChainPoint? {
        let index = points.partition(where: { $0.origin >= origin })
        return index < points.count && points[index].origin == origin ? points[index].point : nil
    }

    public static func == (left: Cut, right: Cut) -> Bool {
        left.points.elementsEqual(right.points) { $0 == $1 }
    }

    public func hash(into hasher: inout Hasher) {
        for (origin, point) in points {
            hasher.combine(origin)
            hasher.combine(point)
        }
    }
}

extension Array {
    /// The first index whose element satisfies a predicate that, once true, stays true.
    func partition(where predicate: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension Cut {
    /// Canonical: a count, then origin, sequence and hash, ascending by origin.
    public func encode(into writer: inout ByteWriter) {
        writer.write(varint: UInt64(points.count))
        for (origin, point) in points {
            writer.write(fixed64: origin.rawValue)
            writer.write(varint: point.sequence)
            writer.write(hash: point.hash)
        }
    }

    /// - Parameter limit: the most origins that are accepted.
    public init(decoding reader: inout ByteReader, limit: Int) throws(CodecError) {
        let count = try reader.readCount(limit: limit)
        var points: [(origin: Origin, point: ChainPoint)] = []
        // A point takes 25 bytes at least: nothing is reserved for bytes that have not come.
        points.reserveCapacity(min(count, reader.remaining / 25))
        for _ in 0..<count {
            let origin = Origin(rawValue: try reader.readFixed64())
            let point = ChainPoint(sequence: try reader.readVarint(), hash: try reader.readHash())
            guard point.sequence > 0, points.last.map({ $0.origin < origin }) ?? true else {
                throw .notCanonical(offset: reader.offset)
            }
            points.append((origin, point))
        }
        self.init(points)
    }
}

extension ByteWriter {
    public mutating func write(hash: Hash128) {
        write(fixed64: hash.high)
        write(fixed64: hash.low)
    }
}

extension ByteReader {
    public mutating func readHash() throws(CodecError) -> Hash128 {
        Hash128(high: try readFixed64(), low: try readFixed64())
    }
}
