internal import CRDT

/// Finding the records in which two replicas differ although they hold the same transactions.
///
/// All of it reads the rows themselves, not what the heads say of them. For a large scope it takes a while: a reader's snapshot
/// (`Replica.read`) answers as well, and the owner goes on.
extension Replica {
    /// Sums up the records in a range of keys. Over a whole scope the sum is its digest, unless something is damaged.
    ///
    /// - Parameters:
    ///   - first: the first key of the range; nil for the scope's first.
    ///   - end: the key behind it; nil for the scope's end.
    /// - Throws: `ReplicaError.damagedRow` or `.quarantined` for a record that cannot be read, which is mended otherwise.
    /// - Complexity: linear in the rows of the range.
    public func fingerprint(
        of scope: Scope, from first: RecordKey? = nil, upTo end: RecordKey? = nil
    ) throws -> Fingerprint {
        var sum = Hash128.zero
        let count = try sumRows(of: scope, from: first, upTo: end) { _, hash in sum += hash }
        return Fingerprint(count: count, sum: sum)
    }

    /// What all rows of a scope add up to. A reader's snapshot (`Replica.read`) gives what its owner may use.
    ///
    /// - Complexity: linear in the records of the scope.
    public func rowSums(of scope: Scope) throws -> RowSums {
        var sums: [Origin: Hash128] = [:]
        _ = try sumRows(of: scope, from: nil, upTo: nil) { origin, hash in sums[origin, default: .zero] += hash }
        return RowSums(moment: try moment(of: scope), byOrigin: sums)
    }

    /// Hands out the hash of each group of live cells in a range of keys.
    ///
    /// - Returns: how many records have any.
    private func sumRows(
        of scope: Scope, from first: RecordKey?, upTo end: RecordKey?, _ add: (Origin, Hash128) -> Void
    ) throws -> Int {
        var count = 0
        try scanRows(of: scope, from: first, upTo: end) { bytes, value in
            var isLive = false
            do throws(CodecError) {
                for group in try codec.parse(value, key: bytes) {
                    guard let hash = try hash(of: group, in: value, bytes) else { continue }
                    add(group.dot.origin, hash)
                    isLive = true
                }
            } catch {
                throw ReplicaError.damagedRow(key: try RecordKey(row: bytes))
            }
            if isLive { count += 1 }
            return true
        }
        return count
    }

    /// The keys in a range, ascending.
    ///
    /// - Parameter limit: the most to give.
    public func keys(
        of scope: Scope, from first: RecordKey?, upTo end: RecordKey?, limit: Int
    ) throws -> [RecordKey] {
        var keys: [RecordKey] = []
        try scanRows(of: scope, from: first, upTo: end) { bytes, _ in
            guard keys.count < limit else { return false }
            keys.append(try RecordKey(row: bytes))
            return true
        }
        return keys
    }

    /// Cuts a range into parts of about as many records each.
    ///
    /// - Parameter count: of parts, at least 2.
    /// - Returns: where each part but the first begins, ascending: fewer than asked for if there are few records.
    public func split(
        _ scope: Scope, from first: RecordKey?, upTo end: RecordKey?, into count: Int
    ) throws -> [RecordKey] {
        precondition(count >= 2, "a range is split in two at least")
        // Every so many'th key; twice as many whenever they become too many to keep.
        var (samples, stride, position) = ([[UInt8]](), 1, 0)
        try scanRows(of: scope, from: first, upTo: end) { bytes, _ in
            if position % stride == 0 { samples.append(Array(bytes)) }
            position += 1
            if samples.count == count * Self.samplesPerPart {
                samples = samples.indices.filter { $0 % 2 == 0 }.map { samples[$0] }
                stride *= 2
            }
            return true
        }
        var bounds = (1..<count).map { $0 * samples.count / count }.filter { $0 > 0 }
        bounds = bounds.indices.filter { $0 == 0 || bounds[$0] != bounds[$0 - 1] }.map { bounds[$0] }
        return try bounds.map { index in
            try samples[index].withUnsafeBytes { try RecordKey(row: $0) }
        }
    }

    private static let samplesPerPart = 64

    /// Visits rows until `visit` returns false, none of which is missing because it was set aside.
    private func scanRows(
        of scope: Scope, from first: RecordKey?, upTo end: RecordKey?,
        _ visit: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Bool
    ) throws {
        try refresh()
        guard overlays[scope] == nil else { throw ReplicaError.folding(scope: scope) }
        let aside = quarantined.filter { key in
            key.scope == scope && first.map { $0 <= key } ?? true && end.map { key < $0 } ?? true
        }
        if let key = aside.min() { throw ReplicaError.quarantined(key: key) }
        let prefix = RecordKey.prefix(scope)
        // Keys of other scopes bound nothing here.
        let low = first.map { $0.scope < scope ? prefix : $0.row } ?? prefix
        let high = end.map { $0.scope > scope ? prefix.upperBound : $0.row } ?? prefix.upperBound
        try tables.scan(.record, from: low, upTo: high, visit)
    }
}

extension RecordKey {
    /// As it stands in the table.
    fileprivate var row: [UInt8] {
        var writer = ByteWriter(reservingCapacity: 40)
        encode(into: &writer)
        return writer.bytes
    }
}
