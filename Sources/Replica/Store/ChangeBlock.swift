internal import CRDT

/// A stretch of the change index: which records some transactions of one origin in one scope touched.
///
///     key     scope, number of the origin in this file, last sequence (varints, so that rows sort)
///     value   varint: the first sequence's distance below the last
///             varint: number of hashes; each, ascending: varint: distance below the last; 16 bytes of the chain's hash there
///             runs of keys, ascending: varint: collection; shape of the ids; varint: count; then for numbered ids varints:
///             the first number, and distances from one to the next; else counted texts
///
/// A local transaction appends a block of its own; a joined cut brings blocks of many transactions; compaction folds small
/// blocks into larger ones and drops keys that a later block of the same origin names. A block does not say which of its
/// transactions touched what: whoever reads it looks at the records, which know their dots.
struct ChangeBlock {
    /// What one transaction touched.
    struct Entry {
        let sequence: UInt64
        let key: RecordKey
    }

    let first: UInt64
    let last: UInt64
    /// Where the chain's hash is known, ascending. Of its own chain a replica knows every point, so that it can tell whether
    /// a peer speaks of the same one.
    var hashes: [ChainPoint]
    /// Ascending, each once, all in one scope.
    private(set) var keys: [RecordKey]

    /// The most keys that compaction puts in one block; those of one transaction are never split.
    static let keyTarget = 128
    /// The most keys of one joined cut that are put in one block, by key as they came.
    static let joinedKeyTarget = 4096

    init(first: UInt64, last: UInt64, hashes: [ChainPoint], keys: some Sequence<RecordKey>) {
        self.first = first
        self.last = last
        self.hashes = hashes
        self.keys = Array(keys)
        if !self.keys.ascends { self.keys = Set(self.keys).sorted() }
    }

    static func key(_ scope: Scope, _ originNumber: Int, _ last: UInt64) -> [UInt8] {
        var writer = ByteWriter(reservingCapacity: 16)
        writer.write(varint: UInt64(scope.rawValue))
        writer.write(varint: UInt64(originNumber))
        writer.write(varint: last)
        return writer.bytes
    }

    /// Cuts entries of one origin into blocks.
    ///
    /// - Parameters:
    ///   - entries: ascending by sequence, unless they fit one block.
    ///   - hashes: known points of the chain, ascending.
    ///   - range: the sequences about which the entries tell everything.
    static func blocks(
        _ entries: [Entry], _ hashes: [ChainPoint], covering range: ClosedRange<UInt64>, keyTarget: Int = keyTarget
    ) -> [ChangeBlock] {
        var blocks: [ChangeBlock] = []
        var (start, hash, first) = (0, 0, range.lowerBound)
        func close(_ count: Int, at last: UInt64) {
            let firstOfNext = hashes[hash...].firstIndex { $0.sequence > last } ?? hashes.count
            blocks.append(
                ChangeBlock(
                    first: first, last: last, hashes: Array(hashes[hash..<firstOfNext]),
                    keys: entries[start..<count].lazy.map(\.key)))
            (start, hash, first) = (count, firstOfNext, last + 1)
        }
        for index in entries.indices.dropLast() where index + 1 - start >= keyTarget {
            if entries[index + 1].sequence != entries[index].sequence { close(index + 1, at: entries[index].sequence) }
        }
        close(entries.count, at: range.upperBound)
        return blocks
    }
}

extension ChangeBlock {
    var value: [UInt8] {
        var writer = ByteWriter(reservingCapacity: 32 + keys.count * 4)
        encode(into: &writer)
        return writer.bytes
    }

    func encode(into writer: inout ByteWriter) {
        writer.write(varint: last - first)
        writer.write(varint: UInt64(hashes.count))
        for point in hashes {
            writer.write(varint: last - point.sequence)
            writer.write(hash: point.hash)
        }
        var start = 0
        while start < keys.count {
            var end = start + 1
            while end < keys.count, Self.areAlike(keys[start], keys[end]) { end += 1 }
            writer.write(varint: UInt64(keys[start].collection))
            keys[start].id.encodeShape(into: &writer)
            writer.write(varint: UInt64(end - start))
            for index in start..<end {
                keys[index].id.encodeDistance(from: index > start ? keys[index - 1].id : nil, into: &writer)
            }
            start = end
        }
    }

    private static func areAlike(_ left: RecordKey, _ right: RecordKey) -> Bool {
        left.collection == right.collection && left.id.hasSameShape(as: right.id)
    }

    init(_ scope: Scope, last: UInt64, value: UnsafeRawBufferPointer) throws(CodecError) {
        var reader = ByteReader(value)
        let distance = try reader.readVarint()
        guard distance <= last else { throw .outOfRange(offset: 0) }
        self.first = last - distance
        self.last = last
        hashes = []
        for _ in 0..<(try reader.readCount(limit: value.count / 16)) {
            let below = try reader.readVarint()
            guard below <= last else { throw .outOfRange(offset: reader.offset) }
            hashes.append(ChainPoint(sequence: last - below, hash: try reader.readHash()))
        }
        keys = []
        while !reader.isAtEnd {
            let start = reader.offset
            guard let collection = UInt16(exactly: try reader.readVarint()) else { throw .outOfRange(offset: start) }
            var id = try Identifier(decodingShape: &reader)
            for index in 0..<(try reader.readCount(limit: value.count)) {
                id = try Identifier(decodingDistance: &reader, from: id, isFirst: index == 0)
                keys.append(RecordKey(scope: scope, collection: collection, id: id))
            }
        }
    }
}
