/// A table or view of the shop's data, as its documents describe it.
public struct ShopTable: Sendable {
    public struct Column: Sendable {
        public let name: String
        /// `integer` or `text`.
        public let type: String
        public let help: String

        init(_ name: String, _ type: String, _ help: String) { (self.name, self.type, self.help) = (name, type, help) }
    }

    public let name: String
    public let help: String
    public let columns: [Column]
    /// How many of the first columns tell a row from all others; 0 if nothing does.
    let keyCount: Int
    /// Further indexes: columns, with commas between.
    let indexes: [String]

    init(_ name: String, _ help: String, key keyCount: Int, indexes: [String] = [], _ columns: [Column]) {
        (self.name, self.help, self.columns, self.keyCount, self.indexes) = (name, help, columns, keyCount, indexes)
    }

    /// The statements that make it.
    var statements: [String] {
        let columns = columns.map { "\($0.name) \($0.type.uppercased())" }
        let key = self.columns.prefix(keyCount).map(\.name).joined(separator: ", ")
        let table =
            "CREATE TABLE \(name) (\((columns + (key.isEmpty ? [] : ["PRIMARY KEY (\(key))"])).joined(separator: ", ")))"
        return [table + (key.isEmpty ? "" : " WITHOUT ROWID")]
            + indexes.enumerated().map { "CREATE INDEX \(name)_\($0.offset + 1) ON \(name) (\($0.element))" }
    }

    var insertion: String {
        "INSERT OR REPLACE INTO \(name) VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))"
    }
}

/// A question that is asked often, by a name.
public struct ShopView: Sendable {
    public let name: String
    public let help: String
    let sql: String

    var statement: String { "CREATE VIEW \(name) AS \(sql)" }
}
