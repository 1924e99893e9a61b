internal import Foundation
internal import Replica

/// A backup that takes a member's place, as a whole or not at all.
///
/// The member's new folder is built beside the chain's others, verified, with a new incarnation begun; one rename decides, as
/// for an import (`ChainDraft`). A crash before it leaves the chain as it was; after it, whoever opens the chain next finishes
/// the moving. The database that was there is kept in the new folder, under a name of its own: it may hold what no backup
/// and no other replica does.
public final class ChainRestore {
    /// Where the database that was there will be; nil if there was none.
    public private(set) var keptDatabase: String?

    private let chain: ChainFolder
    private let member: ChainRegister.Member
    /// Held to the end: nobody may write to what will be replaced.
    private var memberLock: DirectoryLock?
    private var isSettled = false

    private var draft: String { chain.path + "/" + ChainFolder.draftName }
    private var folder: String { draft + "/" + member.folder }

    /// Builds what will be put in place.
    ///
    /// - Parameters:
    ///   - chain: opened for changing.
    ///   - backup: a folder that `ReplicaBackup` made, or a copy of a replica's folder that nobody works on.
    ///   - milliseconds: the wall clock, in milliseconds since 1970.
    /// - Throws: `NodeError.unusableBackup` for what is damaged, or is another replica's. The chain is as it was.
    public init(
        _ member: ChainRegister.Member, of chain: ChainFolder, from backup: String, at milliseconds: Int64
    ) throws {
        self.chain = chain
        self.member = member
        try Self.check(backup, member, chain)
        if case .directory = try FileKind(chain.path(of: member)) {
            memberLock = try DirectoryLock(chain.path(of: member))
        }
        try DurableFile.makeDirectory(draft)
        try DurableFile.makeDirectory(folder)
        try copy(backup)
        try begin(backup, at: milliseconds)
        try keepPresent()
        try DurableFile.syncDirectory(folder)
    }

    deinit {
        if !isSettled { try? FileManager.default.removeItem(atPath: draft) }
    }

    /// Puts it in place, durably.
    public func publish() throws {
        try DurableFile.move(draft, to: chain.path + "/" + ChainFolder.readyName)
        isSettled = true
        try ChainDraft.finishInterrupted(in: chain.path)
    }

    private static func check(_ backup: String, _ member: ChainRegister.Member, _ chain: ChainFolder) throws {
        try ReplicaDirectory.checkKind(backup)
        let card = try ReplicaCard.read(in: backup)
        guard card.chain == chain.register.chain else {
            throw NodeError.unusableBackup(path: backup, detail: "it belongs to another chain")
        }
        guard card.member == member.number else {
            throw NodeError.unusableBackup(path: backup, detail: "it is of \(card.name), not of \(member.name)")
        }
    }

    private func copy(_ backup: String) throws {
        let database = ReplicaDirectory.databaseName
        for (name, mode) in [
            (database, 0o644), (database + "-wal", 0o644), (ReplicaCard.fileName, 0o600),
        ] as [(String, UInt32)] {
            guard case .file = try FileKind(backup + "/" + name) else { continue }
            try DurableFile.copy(backup + "/" + name, to: folder + "/" + name, mode: mode)
        }
    }

    /// Looks at all of the copy, and begins the new incarnation in it. Closing it moves its write-ahead log into it.
    private func begin(_ backup: String, at milliseconds: Int64) throws {
        let directory: ReplicaDirectory
        do {
            directory = try ReplicaDirectory.open(at: folder)
            try directory.replica.verify()
        } catch {
            guard let detail = Self.fault(error) else { throw error }
            throw NodeError.unusableBackup(path: backup, detail: detail)
        }
        try directory.beginIncarnation(at: milliseconds)
        try directory.replica.checkpoint()
    }

    /// What is wrong with a backup that could not be opened, or looked at to its end; nil if it is not to blame.
    private static func fault(_ error: any Error) -> String? {
        switch error {
        case StorageError.notAReplica: "its database is not an Atoll replica"
        case StorageError.newerVersion(_, let found, let supported):
            "its database has file version \(found), and this program reads up to \(supported)"
        case StorageError.damaged(_, let detail): "its database is damaged: \(detail)"
        case StorageError.damagedTable(_, let table, _):
            "its database is damaged: a row of the table \(table.rawValue) does not say what was written to it"
        case ReplicaError.damagedRow(let key), ReplicaError.quarantined(let key): "its row of record \(key) is damaged"
        case is FileError, is StorageError: nil
        case NodeError.mismatched(_, let detail): detail
        default: "\(error)"
        }
    }

    /// Gives the databases that are in the member's folder names in the new one: the present one, and what earlier restores
    /// have kept.
    private func keepPresent() throws {
        let present = chain.path(of: member)
        guard case .directory = try FileKind(present) else { return }
        let names = try Self.carryKept(from: present, to: folder)
        let number = (1...).first { !names.contains(Self.keptName($0)) } ?? 1
        for suffix in ["", "-wal"] {
            let file = present + "/" + ReplicaDirectory.databaseName + suffix
            guard try FileKind.byteCount(file) ?? 0 > 0 else { continue }
            try DurableFile.keep(file, as: folder + "/" + Self.keptName(number) + suffix, mode: 0o644)
            keptDatabase = present + "/" + Self.keptName(number)
        }
    }

    /// Gives what earlier restores have kept in a member's folder its names in the folder that takes its place.
    ///
    /// - Returns: the names of all that is in the member's folder.
    @discardableResult
    static func carryKept(from present: String, to folder: String) throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: present)
        for name in names.sorted() where name.hasPrefix(keptPrefix) {
            try DurableFile.keep(present + "/" + name, as: folder + "/" + name, mode: 0o644)
        }
        return names
    }

    private static let keptPrefix = "replaced-"
    private static func keptName(_ number: Int) -> String { "\(keptPrefix)\(number).db" }
}
