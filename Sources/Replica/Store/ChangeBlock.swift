internal import CRDT

/// A stretch of the change index: which records the transactions of one origin in one scope touched.
///
///     key     scope, number of the origin in this file, last sequence (varints, so that rows sort)
///     value   varint: first entry's distance below the last sequence
///             varint: number of hashes; each, ascending: varint: distance below the last; 16 bytes of the chain's hash there
///             entries ascending by sequence and key, each:
///             varint: sequence less that of the entry before
///             varint: bytes shared with the key before; varint: length of the rest; the rest (collection and id)
///
/// A local transaction appends a block of its own; a joined cut brings blocks of many; compaction folds small blocks into
/// larger ones and drops entries whose record no longer holds a cell of theirs.
struct ChangeBlock {
    struct Entry {
        let sequence: UInt64
        /// Collection and id, as in the row's key behind the scope.
        let key: [UInt8]
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
        var previous: [UInt8] = []
        for entry in entries {
            let shared = zip(previous, entry.key).prefix { $0 == $1 }.count
            writer.write(varint: entry.sequence - sequence)
            writer.write(varint: UInt64(shared))
            writer.write(counted: entry.key[shared...])
            (sequence, previous) = (entry.sequence, entry.key)
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
        var previous: [UInt8] = []
        while !reader.isAtEnd {
            sequence &+= try reader.readVarint()
            let shared = try reader.readCount(limit: previous.count)
            let key = previous[..<shared] + Array(try reader.readCounted(limit: 128))
            guard sequence <= last else { throw .outOfRange(offset: reader.offset) }
            previous = Array(key)
            entries.append(Entry(sequence: sequence, key: previous))
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
