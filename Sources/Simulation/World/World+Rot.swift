internal import CRDT
internal import Replica

/// What bad disks do to what lies on them.
extension World {
    /// One bit of one record's row changes, or the row is lost, while its machine is off.
    ///
    /// - Parameters:
    ///   - bit: out of all of the row, counted on beyond its end; nil if the row is lost.
    ///   - row: by key, counted on beyond the last.
    ///   - isElsewhere: whether others hold all that is in a record, so that it can be mended.
    /// - Returns: whether there is such a row.
    func rot(_ bit: Int?, ofRow row: Int, at index: Int, ifElsewhere isElsewhere: (RecordKey) -> Bool) throws -> Bool {
        let node = nodes[index]
        guard !node.isOn, !node.isDiskTroubled else { return false }
        let connection = try Connection(path: SimulatedNode.path, mode: .write, vfs: node.disk.vfsName)
        guard let count = try connection.integer("SELECT count(*) FROM record"), count > 0 else { return false }
        let reading = try connection.prepare("SELECT key, value FROM record ORDER BY key LIMIT 1 OFFSET ?1")
        guard try reading.bind(Int64(row) % count, at: 1).step() else { return false }
        let key = reading.bytes(0)
        var value = reading.bytes(1)
        reading.reset()
        let record = try key.withUnsafeBytes { raw in
            var reader = ByteReader(raw)
            return try RecordKey(decoding: &reader)
        }
        guard !value.isEmpty, isElsewhere(record) else { return false }
        node.hasRot = true
        node.rottenRows.insert(record)
        guard let bit else {
            node.lostRows.insert(record)
            try connection.prepare("DELETE FROM record WHERE key = ?1").bind(copying: key, at: 1).run()
            return true
        }
        value[bit / 8 % value.count] ^= 1 << UInt8(bit % 8)
        try connection.prepare("UPDATE record SET value = ?2 WHERE key = ?1").bind(copying: key, at: 1)
            .bind(copying: value, at: 2).run()
        return true
    }
}
