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
        try require("identity") { reader throws(CodecError) in
            let chain = try reader.readHash()
            let origin = Origin(rawValue: try reader.readFixed64())
            return Identity(chain: chain, member: origin.member, incarnation: origin.incarnation)
        }
    }

    func epoch() throws -> Int64 {
        try require("epoch") { reader throws(CodecError) in Int64(bitPattern: try reader.readFixed64()) }
    }

    func origins() throws -> [Origin] {
        let statement = try connection.prepare("SELECT number, origin, checksum FROM origin ORDER BY number")
        var origins: [Origin] = []
        while try statement.step() {
            let origin = Origin(rawValue: UInt64(bitPattern: statement.integer(1)))
            guard statement.integer(0) == origins.count, statement.integer(2) == Self.checksum(origin, origins.count) else {
                throw StorageError.damaged(path: connection.path, detail: "the table of origins is not what was written")
            }
            origins.append(origin)
        }
        return origins
    }

    private static func checksum(_ origin: Origin, _ number: Int) -> Int64 {
        withUnsafeBytes(of: (origin.rawValue.bigEndian, UInt64(number).bigEndian)) {
            Int64(rowChecksum(key: $0, body: UnsafeRawBufferPointer(rebasing: $0[..<0])))
        }
    }

    func add(_ origin: Origin, number: Int) throws {
        try connection.prepare("INSERT INTO origin(number, origin, checksum) VALUES (?, ?, ?)")
            .bind(Int64(number), at: 1).bind(Int64(bitPattern: origin.rawValue), at: 2)
            .bind(Self.checksum(origin, number), at: 3).run()
    }

    func set(_ name: String, _ value: [UInt8]) throws {
        try connection.prepare("REPLACE INTO meta(name, value) VALUES (?, ?)")
            .bind(name, at: 1).bind(copying: Array(name.utf8).withUnsafeBytes { value.sealed(under: $0) }, at: 2).run()
    }

    func get(_ name: String) throws -> [UInt8]? {
        let statement = try connection.prepare("SELECT value FROM meta WHERE name = ?").bind(name, at: 1)
        defer { statement.reset() }
        guard try statement.step() else { return nil }
        let value = Array(name.utf8).withUnsafeBytes { statement.blob(0).opened(under: $0).map { Array($0) } }
        guard let value else { throw damage(name) }
        return value
    }

    private func damage(_ name: String) -> StorageError {
        .damaged(path: connection.path, detail: "the entry \(name) does not say what was written to it")
    }

    func remove(_ name: String) throws {
        try connection.prepare("DELETE FROM meta WHERE name = ?").bind(name, at: 1).run()
    }

    /// What an entry says; nil if there is none.
    func read<Result>(_ name: String, _ body: (inout ByteReader) throws(CodecError) -> Result) throws -> Result? {
        try get(name)?.withUnsafeBytes { raw in
            var reader = ByteReader(raw)
            do throws(CodecError) {
                return try body(&reader)
            } catch {
                throw damage(name)
            }
        }
    }

    /// Reads all entries whose names begin with some words and a space, in the order of their names.
    func scan(_ prefix: String, _ body: (inout ByteReader) throws(CodecError) -> Void) throws {
        let statement = try connection.prepare("SELECT name, value FROM meta WHERE name > ? AND name < ? ORDER BY name")
            .bind(prefix, at: 1).bind(prefix + "~", at: 2)
        defer { statement.reset() }
        while try statement.step() {
            let name = statement.text(0)
            guard let value = Array(name.utf8).withUnsafeBytes({ statement.blob(1).opened(under: $0) }) else {
                throw damage(name)
            }
            var reader = ByteReader(value)
            do throws(CodecError) {
                try body(&reader)
            } catch {
                throw damage(name)
            }
        }
    }

    private func require<Result>(
        _ name: String, _ body: (inout ByteReader) throws(CodecError) -> Result
    ) throws -> Result {
        guard let result = try read(name, body) else {
            throw StorageError.damaged(path: connection.path, detail: "the entry \(name) is missing")
        }
        return result
    }
}
