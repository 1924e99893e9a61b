internal import CRDT

/// A stretch of the change index: which records the transactions of one origin in one scope touched.
///
///     key     scope, number of the origin in this file, last sequence (varints, so that rows sort)
///     value   varint: first entry's distance below the last sequence
///             varint: number of hashes; each, ascending: varint: distance below the last; 16 bytes of the chain's hash there
///             entries ascending by sequence, each:
///             varint: sequence less that of the entry before << 1 | another collection or shape of id than the one before
///             [varint: collection; shape of the id]
///             the id: a number as zigzag varint less the number before, or counted text
///
/// A local transaction appends a block of its own; a joined cut brings blocks of many; compaction folds small blocks into
/// larger ones and drops entries whose record no longer holds a cell of theirs.
struct ChangeBlock {
    struct Entry {
        let sequence: UInt64
        let collection: UInt16
        let id: Identifier

        init(_ sequence: UInt64, _ key: RecordKey) {
            self.init(sequence, key.collection, key.id)
        }

        fileprivate init(_ sequence: UInt64, _ collection: UInt16, _ id: Identifier) {
            self.sequence = sequence
            self.collection = collection
            self.id = id
        }

        func key(in scope: Scope) -> RecordKey { RecordKey(scope: scope, collection: collection, id: id) }
    }

    let last: UInt64
    /// Where the chain's hash is known, ascending. Of its own chain a replica knows every point, so that it can tell whether
    /// a peer speaks of the same one.
    var hashes: [ChainPoint]
    var entries: [Entry]

    /// The most entries that compaction and joins put in one block; one transaction's entries are never split.
    static let entryTarget = 128

    static func key(_ scope: Scope, _ originNumber: Int, _ last: UInt64) -> [UInt8] {
        var writer = ByteWriter(reservingCapacity: 16)
        writer.write(varint: UInt64(scope.rawValue))
        writer.write(varint: UInt64(originNumber))
        writer.write(varint: last)
        return writer.bytes
    }

    var value: [UInt8] {
        var writer = ByteWriter(reservingCapacity: 24 + entries.count * 8)
        var sequence = entries.first?.sequence ?? last
        writer.write(varint: last - sequence)
        writer.write(varint: UInt64(hashes.count))
        for point in hashes {
            writer.write(varint: last - point.sequence)
            writer.write(hash: point.hash)
        }
        var previous: Entry?
        for entry in entries {
            let isAlike = previous.map { $0.collection == entry.collection && $0.id.hasSameShape(as: entry.id) } ?? false
            writer.write(varint: (entry.sequence - sequence) << 1 | (isAlike ? 0 : 1))
            if !isAlike {
                writer.write(varint: UInt64(entry.collection))
                entry.id.encodeShape(into: &writer)
            }
            entry.id.encodeDifference(from: isAlike ? previous?.id : nil, into: &writer)
            sequence = entry.sequence
            previous = entry
        }
        return writer.bytes
    }

    init(last: UInt64, hashes: [ChainPoint], entries: [Entry]) {
        self.last = last
        self.hashes = hashes
        self.entries = entries
    }

    init(last: UInt64, value: UnsafeRawBufferPointer) throws(CodecError) {
        var reader = ByteReader(value)
        let distance = try reader.readVarint()
        guard distance <= last else { throw .outOfRange(offset: 0) }
        self.last = last
        hashes = []
        for _ in 0..<(try reader.readCount(limit: value.count / 16)) {
            let below = try reader.readVarint()
            guard below <= last else { throw .outOfRange(offset: reader.offset) }
            hashes.append(ChainPoint(sequence: last - below, hash: try reader.readHash()))
        }
        entries = []
        var sequence = last - distance
        while !reader.isAtEnd {
            let head = try reader.readVarint()
            sequence &+= head >> 1
            guard sequence <= last else { throw .outOfRange(offset: reader.offset) }
            if head & 1 == 0, let previous = entries.last {
                let id = try Identifier(decodingDifference: &reader, from: previous.id)
                entries.append(Entry(sequence, previous.collection, id))
            } else {
                let collection = UInt16(truncatingIfNeeded: try reader.readVarint())
                entries.append(Entry(sequence, collection, try Identifier(decodingShaped: &reader)))
            }
        }
    }

    /// Cuts entries of one origin into blocks.
    ///
    /// - Parameters:
    ///   - entries: ascending by sequence.
    ///   - hashes: known points of the chain, ascending.
    ///   - end: the sequence up to which the entries tell everything; it closes the last block.
    static func blocks(_ entries: [Entry], _ hashes: [ChainPoint], upTo end: UInt64) -> [ChangeBlock] {
        var blocks: [ChangeBlock] = []
        var (start, hash) = (0, 0)
        func close(_ count: Int, at last: UInt64) {
            let firstOfNext = hashes[hash...].firstIndex { $0.sequence > last } ?? hashes.count
            blocks.append(
                ChangeBlock(
                    last: last, hashes: Array(hashes[hash..<firstOfNext]), entries: Array(entries[start..<count])))
            (start, hash) = (count, firstOfNext)
        }
        for index in entries.indices.dropLast() where index + 1 - start >= entryTarget {
            if entries[index + 1].sequence != entries[index].sequence { close(index + 1, at: entries[index].sequence) }
        }
        close(entries.count, at: end)
        return blocks
    }
}
