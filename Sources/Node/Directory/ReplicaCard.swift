public import Replica

/// Who a replica is, as the file `identity.json` beside its database says: what must outlive the database.
public struct ReplicaCard: Hashable, Sendable {
    /// The same on every replica of a chain.
    public let chain: Hash128
    /// 0 is the headquarters.
    public let member: UInt32
    public let name: String
    /// 16 secret bytes that all replicas of a chain share.
    public let digestKey: [UInt8]

    public init(chain: Hash128, member: UInt32, name: String, digestKey: [UInt8]) {
        precondition(digestKey.count == 16, "a digest key has 16 bytes")
        precondition(member < 1 << 24, "a member number has 24 bits")
        self.chain = chain
        self.member = member
        self.name = name
        self.digestKey = digestKey
    }
}

extension ReplicaCard {
    static let fileName = "identity.json"

    private struct Content: Codable {
        var version = 1
        var chain: String
        var member: UInt32
        var name: String
        var digestKey: String
    }

    /// The digest key is a secret: nobody but the owner reads the file.
    private static func file(in directory: String) -> JSONFile<Content> {
        JSONFile(path: directory + "/" + fileName, version: 1, mode: 0o600)
    }

    static func read(in directory: String) throws -> ReplicaCard {
        let file = file(in: directory)
        let content = try file.read()
        guard let chain = Hash128(hexadecimal: content.chain), let key = [UInt8](hexadecimal: content.digestKey),
            key.count == 16, content.member < 1 << 24
        else { throw NodeError.damaged(path: file.path, detail: "chain, member or digest key is malformed") }
        return ReplicaCard(chain: chain, member: content.member, name: content.name, digestKey: key)
    }

    func write(in directory: String) throws {
        let content = Content(
            chain: "\(chain)", member: member, name: name, digestKey: digestKey.hexadecimal)
        try Self.file(in: directory).write(content)
    }
}
