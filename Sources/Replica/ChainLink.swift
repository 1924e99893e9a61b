public import CRDT

/// One link of an origin's chain of hashes: what a transaction wrote in one scope, as it is hashed onto the chain's head.
///
///     link    varint: sequence, fixed64: stamp, 16 bytes of run, of each record written, ascending by key:
///             counted key, counted cells (`CellGroup`), if the transaction left any there
///
/// The next hash is the first 16 bytes of the SHA-256 of the head's 16 bytes and the link. Whoever holds a transaction whole
/// can compute it, so that the hash need not travel; whoever holds only what later ones left of it cannot.
public struct ChainLink {
    private let dot: Dot
    private var content = ByteWriter(reservingCapacity: 512)

    /// - Parameters:
    ///   - stamp: the transaction's, even if no cell bears it.
    ///   - run: the opening of the replica that made it.
    public init(_ dot: Dot, stamp: HLC, run: Hash128) {
        self.dot = dot
        content.write(varint: dot.sequence)
        content.write(fixed64: stamp.rawValue)
        content.write(hash: run)
    }

    mutating func add(_ cells: PackedCells, key: UnsafeRawBufferPointer) {
        content.write(counted: key)
        for group in cells.groups where group.dot == dot && !group.isHeld {
            content.write(counted: cells.bytes[group.body])
        }
    }

    /// Adds what a delta tells of the transaction in a record; nothing if it tells of others only. Records ascend by key.
    public mutating func add(_ record: DeltaRecord) {
        guard record.packed.groups.contains(where: { $0.dot == dot && !$0.isHeld }) else { return }
        var key = ByteWriter(reservingCapacity: 16)
        record.key.encode(into: &key)
        key.bytes.withUnsafeBytes { add(record.packed, key: $0) }
    }

    /// The chain's head after this link; before its first one the head is zero.
    public func hash(after head: Hash128, by hasher: ChainHasher) -> Hash128 {
        content.bytes.withUnsafeBytes { hasher.next(after: head, $0) }
    }
}
