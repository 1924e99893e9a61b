internal import Foundation
internal import Replica

/// A change to a chain's folder that happens as a whole or not at all: an import.
///
/// New replicas, and copies of those that change, are built in the subfolder `.import`. When all is written and synced, one
/// rename to `.ready` decides; what is in there is then moved into place. A crash before that rename leaves the chain as it
/// was; after it, whoever opens the chain next finishes the moving. It needs no more of a file system than rename.
public final class ChainDraft {
    public let path: String
    public private(set) var register: ChainRegister

    private let isNew: Bool
    private let madeDirectory: Bool
    private let lock: DirectoryLock
    private let digestKey: [UInt8]
    private var memberLocks: [DirectoryLock] = []
    private var replicas: [UInt32: ReplicaDirectory] = [:]
    private var isSettled = false

    /// - Parameter path: a chain, an empty directory, or a name that is free in a directory that exists.
    public init(of path: String) throws {
        self.path = path
        let kind = try FileKind(path)
        if case .file = kind { throw FileError.notADirectory(path: path) }
        madeDirectory = if case .none = kind { true } else { false }
        if madeDirectory { try DurableFile.makeDirectory(path) }
        do {
            try Self.checkContents(of: path)
            lock = try DirectoryLock(path)
            try Self.finishInterrupted(in: path)
            let present = try ChainRegister.read(in: path)
            isNew = present == nil
            register = present ?? ChainRegister(founding: .random())
            let headquarters = path + "/" + ChainRegister.headquarters
            digestKey =
                try present == nil ? SystemRandomNumberGenerator.bytes(16) : ReplicaCard.read(in: headquarters).digestKey
            try DurableFile.makeDirectory(path + "/" + ChainFolder.draftName)
            try DurableFile.makeDirectory(draft(ChainFolder.logsName))
        } catch {
            if madeDirectory { try? FileManager.default.removeItem(atPath: path) }
            throw error
        }
    }

    deinit { abandon() }

    /// Where to write the packed copy of the next log; its name in the register, and its path.
    public var nextLog: (file: String, path: String) {
        let number = String(register.logs.count + 1)
        let file = String(repeating: "0", count: max(0, 4 - number.count)) + number + ".jsonl.zst"
        return (file, draft(ChainFolder.logsName) + "/" + file)
    }

    /// Opens the replicas that will change: new ones for new names, copies for the others.
    ///
    /// - Parameters:
    ///   - names: members by name; HQ is among them anyway.
    ///   - epoch: for new replicas.
    /// - Returns: the members that are new, by number.
    public func open(_ names: [String], epoch: Int64) throws -> [ChainRegister.Member] {
        var added = isNew ? [register.members[0]] : []
        for name in names where register.member(named: name) == nil { added.append(register.addMember(named: name)) }
        let touched = Set(names + (added.isEmpty ? [] : [ChainRegister.headquarters]))
        try ChainFolder.checkCount(touched.count)
        let cacheKiB = ChainFolder.cacheKiB(for: touched.count)
        for member in register.members where touched.contains(member.name) {
            if added.contains(member) {
                let card = ReplicaCard(
                    chain: register.chain, member: member.number, name: member.name, digestKey: digestKey)
                replicas[member.number] = try ReplicaDirectory.create(
                    at: draft(member.folder), card, epoch: epoch, cacheKiB: cacheKiB)
            } else {
                replicas[member.number] = try openCopy(of: member, cacheKiB: cacheKiB)
            }
        }
        return added
    }

    /// A replica that was opened.
    public func replica(of member: UInt32) -> ReplicaDirectory? { replicas[member] }

    /// Puts everything in place, durably.
    public func publish(_ log: ChainRegister.ImportedLog) throws {
        register.add(log)
        for number in replicas.keys.sorted() {
            guard let directory = replicas[number] else { continue }
            try directory.replica.commit()
            try directory.writeHighWater()
        }
        // Closing a database moves its write-ahead log into it.
        replicas = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: draft("")) {
            try DurableFile.syncDirectory(draft(name))
        }
        try register.write(in: draft(""))
        try DurableFile.move(draft(""), to: path + "/" + ChainFolder.readyName)
        isSettled = true
        try Self.finishInterrupted(in: path)
    }

    /// Leaves the chain as it was. To do so before `publish` is harmless, and after it does nothing.
    public func abandon() {
        guard !isSettled else { return }
        isSettled = true
        replicas = [:]
        try? FileManager.default.removeItem(atPath: madeDirectory ? path : draft(""))
        if isNew { try? FileManager.default.removeItem(atPath: path + "/" + DirectoryLock.fileName) }
    }

    private func draft(_ name: String) -> String {
        path + "/" + ChainFolder.draftName + (name.isEmpty ? "" : "/" + name)
    }

    private func openCopy(of member: ChainRegister.Member, cacheKiB: Int) throws -> ReplicaDirectory {
        let source = path + "/" + member.folder
        let target = draft(member.folder)
        try member.at(source) { try ReplicaDirectory.checkKind(source) }
        // Held to the end: nobody may write to what this copy will replace.
        memberLocks.append(try DirectoryLock(source))
        try DurableFile.makeDirectory(target)
        let database = ReplicaDirectory.databaseName
        for (name, mode) in [
            (database, 0o644), (database + "-wal", 0o644), (ReplicaCard.fileName, 0o600), (HighWater.fileName, 0o644),
        ] as [(String, UInt32)] {
            guard case .file = try FileKind(source + "/" + name) else { continue }
            try DurableFile.copy(source + "/" + name, to: target + "/" + name, mode: mode)
        }
        try ChainRestore.carryKept(from: source, to: target)
        let directory = try member.at(source) {
            do {
                return try ReplicaDirectory.open(at: target, cacheKiB: cacheKiB)
            } catch let error as StorageError {
                throw error.moved(from: target, to: source)
            }
        }
        guard !directory.isBehindHighWater else { throw NodeError.behindHighWater(directory: source) }
        return directory
    }
}

extension ChainDraft {
    /// Whatever a folder holds that is not a chain's must not be mixed with one.
    private static func checkContents(of path: String) throws {
        let own: Set<String> = [
            DirectoryLock.fileName, ChainFolder.draftName, ChainFolder.readyName, ChainFolder.replacedName,
        ]
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        guard names.contains(ChainRegister.fileName) || names.allSatisfy(own.contains) else {
            throw NodeError.notEmpty(directory: path)
        }
    }

    /// Finishes what an import or a restore was interrupted in. The caller holds the chain's lock.
    static func finishInterrupted(in path: String) throws {
        let (ready, replaced) = (path + "/" + ChainFolder.readyName, path + "/" + ChainFolder.replacedName)
        if case .directory = try FileKind(ready) {
            if case .none = try FileKind(replaced) { try DurableFile.makeDirectory(replaced) }
            let logs = ChainFolder.logsName
            if case .none = try FileKind(path + "/" + logs) { try DurableFile.makeDirectory(path + "/" + logs) }
            if case .directory = try FileKind(ready + "/" + logs) {
                for name in try FileManager.default.contentsOfDirectory(atPath: ready + "/" + logs) {
                    try DurableFile.move("\(ready)/\(logs)/\(name)", to: "\(path)/\(logs)/\(name)")
                }
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: ready).filter {
                $0 != logs && $0 != ChainRegister.fileName
            }
            for name in names.sorted() {
                if case .directory = try FileKind("\(path)/\(name)") {
                    try DurableFile.move("\(path)/\(name)", to: "\(replaced)/\(name)")
                }
                try DurableFile.move("\(ready)/\(name)", to: "\(path)/\(name)")
            }
            if case .file = try FileKind("\(ready)/\(ChainRegister.fileName)") {
                try DurableFile.move("\(ready)/\(ChainRegister.fileName)", to: "\(path)/\(ChainRegister.fileName)")
            }
        }
        for name in [ChainFolder.draftName, ChainFolder.readyName, ChainFolder.replacedName] {
            guard case .directory = try FileKind(path + "/" + name) else { continue }
            try FileManager.default.removeItem(atPath: path + "/" + name)
        }
    }
}

extension SystemRandomNumberGenerator {
    /// Bytes that nobody can guess.
    static func bytes(_ count: Int) -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        return (0..<count).map { _ in random.next() }
    }
}
