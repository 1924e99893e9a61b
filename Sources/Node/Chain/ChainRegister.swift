public import Replica

/// What a chain's folder holds, as its file `chain.json` says: the members, and the logs that were imported.
public struct ChainRegister: Hashable, Sendable {
    public struct Member: Codable, Hashable, Sendable {
        /// 0 is the headquarters.
        public let number: UInt32
        public let name: String

        /// The name of the member's subfolder.
        public var folder: String { FolderName.of(name) }
    }

    public struct ImportedLog: Codable, Hashable, Sendable {
        /// The packed copy, in the subfolder `logs`.
        public let file: String
        /// As it was called when it was imported.
        public let name: String
        /// SHA-256 of the log's lines in canonical form, in hexadecimal.
        public let digest: String
        public let events: Int
        public let orders: Int

        public init(file: String, name: String, digest: String, events: Int, orders: Int) {
            self.file = file
            self.name = name
            self.digest = digest
            self.events = events
            self.orders = orders
        }
    }

    public static let headquarters = "HQ"
    static let fileName = "chain.json"

    public let chain: Hash128
    /// By number, without gaps.
    public private(set) var members: [Member]
    public private(set) var logs: [ImportedLog]

    /// A chain of nothing but its headquarters.
    init(founding chain: Hash128) {
        self.chain = chain
        members = [Member(number: 0, name: Self.headquarters)]
        logs = []
    }

    /// A chain whose members are there already.
    ///
    /// - Parameter names: by number; HQ first.
    public init(chain: Hash128, names: [String], log: ImportedLog) {
        self.chain = chain
        members = zip(0..., names).map { Member(number: $0, name: $1) }
        logs = [log]
    }

    public func member(named name: String) -> Member? { members.first { $0.name == name } }

    /// The member's name; for one that is not registered here, its number.
    public func name(of member: UInt32) -> String {
        members.indices.contains(Int(member)) ? members[Int(member)].name : "member \(member)"
    }

    mutating func addMember(named name: String) -> Member {
        let member = Member(number: UInt32(members.count), name: name)
        members.append(member)
        return member
    }

    mutating func add(_ log: ImportedLog) { logs.append(log) }
}

extension ChainRegister {
    private struct Content: Codable {
        var version = 1
        var chain: String
        var members: [Member]
        var logs: [ImportedLog]
    }

    private static func file(in directory: String) -> JSONFile<Content> {
        JSONFile(path: directory + "/" + fileName, version: 1, mode: 0o644)
    }

    /// - Returns: nil if there is none.
    static func read(in directory: String) throws -> ChainRegister? {
        let file = file(in: directory)
        guard case .file = try FileKind(file.path) else { return nil }
        let content = try file.read()
        guard let chain = Hash128(hexadecimal: content.chain), content.members.first?.name == headquarters,
            content.members.map(\.number).elementsEqual(0..<UInt32(content.members.count)),
            Set(content.members.map(\.folder)).count == content.members.count,
            content.logs.allSatisfy({ FolderName.of($0.file) == $0.file })
        else { throw NodeError.damaged(path: file.path, detail: "chain, members or logs are malformed") }
        var register = ChainRegister(founding: chain)
        register.members = content.members
        register.logs = content.logs
        return register
    }

    func write(in directory: String) throws {
        try Self.file(in: directory).write(Content(chain: "\(chain)", members: members, logs: logs))
    }
}

/// Makes any name one that a folder may have: names come from logs, which anyone may have written.
enum FolderName {
    private static let reserved: Set<String> = [
        ChainRegister.fileName, ChainRegister.fileName + ".new", ChainFolder.logsName, DirectoryLock.fileName,
    ]

    /// The name itself, unless it could lead elsewhere; then with the bytes that could percent-encoded.
    static func of(_ name: String) -> String {
        var bytes: [UInt8] = []
        for (index, byte) in name.utf8.enumerated() {
            let isUnsafe = byte < 0x20 || byte == 0x7F || "/%\\".utf8.contains(byte)
            if isUnsafe || (index == 0 && (byte == UInt8(ascii: ".") || reserved.contains(name))) {
                bytes.append(UInt8(ascii: "%"))
                bytes += Array([byte].hexadecimal.utf8)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
