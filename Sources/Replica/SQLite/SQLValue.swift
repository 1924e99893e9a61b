internal import CSQLite

/// A value of a column.
public enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case bytes([UInt8])
}

extension Statement {
    /// Binds values to the parameters, in their order from the first.
    @discardableResult
    public func bind(_ values: [SQLValue]) -> Self {
        for (index, value) in values.enumerated() {
            let index = Int32(index + 1)
            switch value {
            case .null: bindNull(at: index)
            case .integer(let number): bind(number, at: index)
            case .real(let number): bind(number, at: index)
            case .text(let text): bind(text, at: index)
            case .bytes(let bytes): bind(copying: bytes, at: index)
            }
        }
        return self
    }

    /// The names of the columns of its rows; none if it returns no rows.
    public var columns: [String] { (0..<columnCount).map { name(ofColumn: $0) } }

    /// The row that it stands on.
    public var row: [SQLValue] {
        (0..<columnCount).map { column in
            switch type(ofColumn: column) {
            case SQLITE_INTEGER: .integer(integer(column))
            case SQLITE_FLOAT: .real(real(column))
            case SQLITE_TEXT: .text(text(column))
            case SQLITE_BLOB: .bytes(bytes(column))
            default: .null
            }
        }
    }
}

extension Connection {
    /// Runs a statement that returns no rows.
    public func run(_ sql: String, _ values: [SQLValue] = []) throws(StorageError) {
        try prepare(sql).bind(values).run()
    }

    /// All rows of a statement.
    public func rows(_ sql: String, _ values: [SQLValue] = []) throws(StorageError) -> [[SQLValue]] {
        let statement = try prepare(sql).bind(values)
        var rows: [[SQLValue]] = []
        while try statement.step() { rows.append(statement.row) }
        return rows
    }
}
