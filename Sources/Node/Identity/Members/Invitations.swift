/// The invitations that the registrar has given out: its file `invitations.json`, which only its owner reads.
///
/// It is written, durably, before a token is shown and before a certificate is made, so that no number is given twice and no
/// token lets two machines in, wherever a crash comes.
struct Invitations: Hashable {
    static let fileName = "invitations.json"
    /// How long after its end an invitation is remembered, so that whoever comes late is told so.
    static let retentionMilliseconds: Int64 = 30 * 86_400_000

    /// The term of the registrar's office that they are of; 0 for the founder's own.
    var term: UInt64 = 0
    /// Above every number that was ever given out here.
    private(set) var nextMember: UInt32
    /// Ascending by member; a member has one at most.
    private(set) var all: [Invitation]

    subscript(member: UInt32) -> Invitation? { all.first { $0.member == member } }

    func invitation(named name: String) -> Invitation? { all.first { $0.name == name } }

    func invitation(for secret: [UInt8]) -> Invitation? {
        // Digests of 128 random bits: how long a comparison takes tells nothing that helps to guess one.
        let digest = SHA256.digest(secret)
        return all.first { $0.secretDigest == digest }
    }

    /// Puts an invitation in the place of the one that its member had.
    mutating func add(_ invitation: Invitation, at now: Int64) {
        withdraw(invitation.member)
        all.removeAll { $0.expires < now - Self.retentionMilliseconds }
        all.append(invitation)
        all.sort { $0.member < $1.member }
        nextMember = max(nextMember, invitation.member + 1)
    }

    /// - Returns: whether there was one.
    @discardableResult
    mutating func withdraw(_ member: UInt32) -> Bool {
        let count = all.count
        all.removeAll { $0.member == member }
        return all.count < count
    }

    /// No number below this one is given out any more.
    mutating func reserve(below member: UInt32) { nextMember = max(nextMember, member) }

    mutating func use(_ invitation: Invitation, by key: [UInt8]) {
        for index in all.indices where all[index] == invitation { all[index].usedBy = key }
    }
}

extension Invitations {
    struct Content: Codable {
        struct Entry: Codable {
            var member: UInt32
            var name: String
            var secretDigest: String
            var expires: Int64
            var usedBy: String?
            var headquarters: Bool?
            var store: UInt32?
        }

        var version = 1
        var term: UInt64?
        var nextMember: UInt32
        var invitations: [Entry]
    }

    private static func file(in directory: String) -> JSONFile<Content> {
        JSONFile(path: directory + "/" + fileName, version: 1, mode: 0o600)
    }

    /// What was written last; none if nothing was.
    static func read(in directory: String) throws -> Invitations {
        let file = file(in: directory)
        guard case .file = try FileKind(file.path) else { return Invitations(nextMember: 1, all: []) }
        return try Invitations(try file.read(), from: file.path)
    }

    /// - Parameter path: what errors say that it was read from.
    init(_ content: Content, from path: String) throws(NodeError) {
        let all = try content.invitations.map { (entry) throws(NodeError) in
            let (digest, key) = ([UInt8](hexadecimal: entry.secretDigest), entry.usedBy.map { [UInt8](hexadecimal: $0) })
            guard let digest, digest.count == 32, key.map({ $0?.count == 32 }) ?? true, entry.member < content.nextMember
            else { throw NodeError.damaged(path: path, detail: "the invitation of \(entry.name) is malformed") }
            return Invitation(
                member: entry.member, name: entry.name, isHeadquarters: entry.headquarters ?? false, store: entry.store,
                secretDigest: digest, expires: entry.expires, usedBy: key ?? nil)
        }
        self.init(term: content.term ?? 0, nextMember: content.nextMember, all: all.sorted { $0.member < $1.member })
    }

    var content: Content {
        let entries = all.map { invitation in
            Content.Entry(
                member: invitation.member, name: invitation.name, secretDigest: invitation.secretDigest.hexadecimal,
                expires: invitation.expires, usedBy: invitation.usedBy?.hexadecimal,
                headquarters: invitation.isHeadquarters ? true : nil, store: invitation.store)
        }
        return Content(term: term == 0 ? nil : term, nextMember: nextMember, invitations: entries)
    }

    func write(in directory: String) throws {
        try Self.file(in: directory).write(content)
    }
}
