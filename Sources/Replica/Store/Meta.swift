internal import CRDT

/// The few facts about a file itself.
struct Meta {
    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    func write(identity: Identity, epoch: Int64) throws {
        var writer = ByteWriter()
        writer.write(hash: identity.chain)
        writer.write(fixed64: identity.origin.rawValue)
        try set("identity", writer.bytes)
        writer = ByteWriter()
        writer.write(fixed64: UInt64(bitPattern: epoch))
        try set("epoch", writer.bytes)
    }

    func identity() throws -> Identity {
        try read("identity") { reader in
            let chain = try reader.readHash()
            let origin = Origin(rawValue: try reader.readFixed64())
            return Identity(chain: chain, member: origin.member, incarnation: origin.incarnation)
        }
    }

    func epoch() throws -> Int64 {
        try read("epoch") { reader in Int64(bitPattern: try reader.readFixed64()) }
    }

    func origins() throws -> [Origin] {
        let statement = try connection.prepare("SELECT origin FROM origin ORDER BY number")
        var origins: [Origin] = []
        while try statement.step() { origins.append(Origin(rawValue: UInt64(bitPattern: statement.integer(0)))) }
        return origins
    }

    func add(_ origin: Origin, number: Int) throws {
        try connection.prepare("INSERT INTO origin(number, origin) VALUES (?, ?)")
            .bind(Int64(number), at: 1).bind(Int64(bitPattern: origin.rawValue), at: 2).run()
    }

    func set(_ name: String, _ value: [UInt8]) throws {
        try connection.prepare("REPLACE INTO meta(name, value) VALUES (?, ?)")
            .bind(name, at: 1).bind(copying: value, at: 2).run()
    }

    func get(_ name: String) throws -> [UInt8]? {
        let statement = try connection.prepare("SELECT value FROM meta WHERE name = ?").bind(name, at: 1)
        return try statement.step() ? statement.bytes(0) : nil
    }

    func remove(_ name: String) throws {
        try connection.prepare("DELETE FROM meta WHERE name = ?").bind(name, at: 1).run()
    }

    private func read<Result>(_ name: String, _ body: (inout ByteReader) throws -> Result) throws -> Result {
        guard let bytes = try get(name) else {
            throw StorageError.damaged(path: connection.path, detail: "the entry \(name) is missing")
        }
        return try bytes.withUnsafeBytes { raw in
            var reader = ByteReader(raw)
            return try body(&reader)
        }
    }
}
