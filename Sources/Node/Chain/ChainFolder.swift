internal import CRDT
public import Replica

/// A folder with a whole chain in it, as `atoll import` makes it: `chain.json`, packed copies of the logs in `logs`, and one
/// replica's directory for each member.
public final class ChainFolder {
    public static let logsName = "logs"
    /// Where an import or a restore builds what it will put in place.
    static let draftName = ".import"
    /// What was built completely and is being put in place: from here on it is done.
    static let readyName = ".ready"
    /// What something else was put in the place of.
    static let replacedName = ".replaced"

    public let path: String
    public let register: ChainRegister
    private let lock: DirectoryLock?

    private init(path: String, register: ChainRegister, lock: DirectoryLock?) {
        self.path = path
        self.register = register
        self.lock = lock
    }

    /// Says of a folder that holds the members' directories which chain they are, so that it can be read as one.
    public static func describe(at path: String, chain register: ChainRegister) throws {
        try register.write(in: path)
    }

    /// Opens a chain for changing its replicas.
    public static func open(at path: String) throws -> ChainFolder {
        try checkIsChain(path)
        let lock = try DirectoryLock(path)
        try ChainDraft.finishInterrupted(in: path)
        return ChainFolder(path: path, register: try requireRegister(path), lock: lock)
    }

    /// Opens a chain for reading, beside whoever changes it.
    public static func read(at path: String) throws -> ChainFolder {
        try checkIsChain(path)
        if case .directory = try FileKind(path + "/" + readyName) { return try open(at: path) }
        return ChainFolder(path: path, register: try requireRegister(path), lock: nil)
    }

    public func member(named name: String) throws(NodeError) -> ChainRegister.Member {
        guard let member = register.member(named: name) else {
            throw .unknownMember(name: name, known: register.members.map(\.name))
        }
        return member
    }

    public func path(of member: ChainRegister.Member) -> String { path + "/" + member.folder }

    public func path(of log: ChainRegister.ImportedLog) -> String { path + "/" + Self.logsName + "/" + log.file }

    /// Opens a member's replica for its one owner.
    public func open(_ member: ChainRegister.Member) throws -> ReplicaDirectory {
        try open(member, cacheKiB: Self.cacheKiB(for: 1))
    }

    /// Opens a snapshot of a member's replica.
    public func read(_ member: ChainRegister.Member) throws -> ReplicaDirectory {
        try read(member, cacheKiB: Self.cacheKiB(for: 1))
    }

    /// Opens all replicas, by member number.
    public func openAll() throws -> [ReplicaDirectory] {
        let count = register.members.count
        try Self.checkCount(count)
        return try register.members.map { try open($0, cacheKiB: Self.cacheKiB(for: count)) }
    }

    /// Opens a snapshot of every replica, by member number.
    public func readAll() throws -> [ReplicaDirectory] {
        let count = register.members.count
        try Self.checkCount(count)
        return try register.members.map { try read($0, cacheKiB: Self.cacheKiB(for: count)) }
    }

    private func open(_ member: ChainRegister.Member, cacheKiB: Int) throws -> ReplicaDirectory {
        let folder = path(of: member)
        return try checked(try member.at(folder) { try ReplicaDirectory.open(at: folder, cacheKiB: cacheKiB) }, member)
    }

    private func read(_ member: ChainRegister.Member, cacheKiB: Int) throws -> ReplicaDirectory {
        let folder = path(of: member)
        return try checked(try member.at(folder) { try ReplicaDirectory.read(at: folder, cacheKiB: cacheKiB) }, member)
    }

    /// A replica that was copied here from elsewhere would mix two chains, or be two members at once.
    private func checked(_ directory: ReplicaDirectory, _ member: ChainRegister.Member) throws -> ReplicaDirectory {
        guard directory.card.chain == register.chain, directory.card.member == member.number else {
            throw NodeError.mismatched(
                directory: directory.path, detail: "this replica is not \(member.name) of the chain in \(path)")
        }
        return directory
    }

    /// All open replicas share one bound on their page caches, in KiB.
    static func cacheKiB(for replicas: Int) -> Int { max(1024, min(65_536, 262_144 / max(1, replicas))) }

    /// A replica takes four open files: its lock, the database, its log and their index.
    static func checkCount(_ replicas: Int) throws(NodeError) {
        let limit = max(0, Int(clamping: OpenFileLimit.raise() / 4) - 8)
        guard replicas <= limit else { throw .tooManyMembers(count: replicas, limit: limit) }
    }

    private static func checkIsChain(_ path: String) throws {
        switch try FileKind(path) {
        case .none: throw FileError.missing(path: path)
        case .file: throw FileError.notADirectory(path: path)
        case .directory: break
        }
        let names = [ChainRegister.fileName, readyName]
        guard try names.contains(where: { if case .none = try FileKind(path + "/" + $0) { false } else { true } }) else {
            throw NodeError.notAChain(directory: path, missing: ChainRegister.fileName)
        }
    }

    private static func requireRegister(_ path: String) throws -> ChainRegister {
        guard let register = try ChainRegister.read(in: path) else {
            throw NodeError.notAChain(directory: path, missing: ChainRegister.fileName)
        }
        return register
    }
}

extension ChainRegister.Member {
    /// Opens this member's replica, and says so if there is none any more: what is missing then is not what somebody named.
    func at<Result>(_ folder: String, _ body: () throws -> Result) throws -> Result {
        func lost(_ detail: String) -> NodeError { .lostReplica(directory: folder, name: name, detail: detail) }
        do {
            return try body()
        } catch FileError.missing(folder) {
            throw lost("its directory is gone")
        } catch NodeError.notAReplica(folder, let missing) {
            throw lost("it has no \(missing)")
        } catch StorageError.notAReplica {
            throw lost("its \(ReplicaDirectory.databaseName) is not an Atoll replica")
        }
    }
}

extension ReplicaDirectory {
    /// Whether this member takes a scope in: HQ everything; a store what all share, what is its own, and what it has written
    /// to or holds already.
    public func wants(_ scope: Scope) -> Bool {
        if card.member == 0 || !replica.vector(of: scope).isEmpty { return true }
        return switch scope.kind {
        case .chain, .customers: true
        case .books, .stock, .mailbox: scope.member == card.member
        case nil: false
        }
    }
}
