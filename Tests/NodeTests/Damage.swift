import CRDT
import Foundation
import Replica

/// What a bad disk does to a closed database.
enum Damage {
    /// Flips bits in one byte of rows of a table, in the file itself.
    ///
    /// - Parameters:
    ///   - stride: every how many rows.
    ///   - key: this row alone.
    ///   - fromEnd: which byte of the row: 1 is the last.
    /// - Returns: how many rows were damaged.
    static func flip(
        _ database: String, _ table: String, every stride: Int = 1, only key: RecordKey? = nil, fromEnd: Int = 1
    ) throws -> Int {
        var wanted = ByteWriter()
        key?.encode(into: &wanted)
        var values: [[UInt8]] = []
        do {
            let connection = try Connection(path: database, mode: .write)
            try connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            let statement = try connection.prepare("SELECT key, value FROM \(table) ORDER BY key")
            var row = 0
            while try statement.step() {
                if key == nil || statement.bytes(0) == wanted.bytes, row % stride == 0 {
                    values.append(statement.bytes(0) + statement.bytes(1))
                }
                row += 1
            }
        }
        var file = try Data(contentsOf: URL(fileURLWithPath: database))
        var count = 0
        for value in values {
            guard let place = file.range(of: Data(value)) else { continue }
            file[place.upperBound - fromEnd] ^= 0x41
            count += 1
        }
        try file.write(to: URL(fileURLWithPath: database))
        return count
    }
}
