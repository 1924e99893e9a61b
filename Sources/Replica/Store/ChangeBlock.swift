internal import CRDT

/// A stretch of the change index: which records the transactions of one origin in one scope touched.
///
///     key     scope, number of the origin in this file, last sequence (varints, so that rows sort)
///     value   varint: first sequence's distance below the last << 1 | has a hash; [16 bytes: the chain's hash at the last]
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

    var last: UInt64
    /// The chain's hash at `last`, where it is known.
    var hash: Hash128?
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
        writer.write(varint: (last - sequence) << 1 | (hash == nil ? 0 : 1))
        if let hash { writer.write(hash: hash) }
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

    init(last: UInt64, hash: Hash128?, entries: [Entry]) {
        self.last = last
        self.hash = hash
        self.entries = entries
    }

    init(last: UInt64, value: UnsafeRawBufferPointer) throws(CodecError) {
        var reader = ByteReader(value)
        let head = try reader.readVarint()
        guard head >> 1 <= last else { throw .outOfRange(offset: 0) }
        self.last = last
        hash = head & 1 != 0 ? try reader.readHash() : nil
        entries = []
        var sequence = last - head >> 1
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
    /// - Parameter end: the chain's point up to which the entries tell everything; it closes the last block.
    static func blocks(_ entries: [Entry], upTo end: ChainPoint) -> [ChangeBlock] {
        var blocks: [ChangeBlock] = []
        var start = 0
        for index in entries.indices {
            let isFull = index + 1 - start >= entryTarget
            let isLastOfTransaction = index + 1 == entries.count || entries[index + 1].sequence != entries[index].sequence
            if isFull, isLastOfTransaction, index + 1 < entries.count {
                blocks.append(
                    ChangeBlock(last: entries[index].sequence, hash: nil, entries: Array(entries[start...index])))
                start = index + 1
            }
        }
        blocks.append(ChangeBlock(last: end.sequence, hash: end.hash, entries: Array(entries[start...])))
        return blocks
    }
}
