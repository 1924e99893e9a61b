internal import Foundation
internal import Replica
internal import Sync

/// Reads large deltas beside the replica's owner, on a thread of its own, and keeps them packed in files until they have
/// arrived: so a slow line holds neither memory nor an old snapshot of the database.
final class SpoolKeeper: Sendable {
    private enum Job: Sendable {
        case make(SessionKey, Scope, Cut)
        case read(SessionKey, SpoolID, Int)
        case forget(SessionKey, SpoolID)
        /// Whoever asked is gone; the spool may serve its next session.
        case leave(SessionKey)
    }

    private let mailbox = Mailbox<Job>(limit: 1 << 20)
    private let end = Reply<Void>()

    /// - Parameters:
    ///   - directory: the replica's; spools lie in its subfolder `outgoing`, which is emptied.
    ///   - damaged: told, on the keeper's thread, of a record whose row cannot be read.
    ///   - answered: told on the keeper's thread.
    init(
        _ directory: String, damaged: @escaping @Sendable (RecordKey) -> Void,
        answered: @escaping @Sendable (SessionReply) -> Void
    ) throws {
        let folder = directory + "/outgoing"
        if case .directory = try FileKind(folder) { try FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let (mailbox, end) = (mailbox, end)
        let thread = Thread {
            var shelf = SpoolShelf(directory: directory, folder: folder, damaged: damaged)
            while let jobs = mailbox.takeAll() {
                for job in jobs {
                    switch job {
                    case .make(let key, let scope, let cut): answered(shelf.make(for: key, scope, cut))
                    case .read(let key, let id, let index): answered(shelf.read(for: key, id, index))
                    case .forget(let key, let id): shelf.forget(key, id)
                    case .leave(let key): shelf.leave(key)
                    }
                }
            }
            end.hold(())
            end.settle(nil)
        }
        thread.name = "spools"
        thread.start()
    }

    deinit { mailbox.close() }

    func make(for key: SessionKey, _ scope: Scope, _ cut: Cut) { _ = mailbox.putBeyondLimit(.make(key, scope, cut)) }

    func read(for key: SessionKey, _ id: SpoolID, _ index: Int) { _ = mailbox.putBeyondLimit(.read(key, id, index)) }

    func forget(for key: SessionKey, _ id: SpoolID) { _ = mailbox.putBeyondLimit(.forget(key, id)) }

    func leave(_ key: SessionKey) { _ = mailbox.putBeyondLimit(.leave(key)) }

    func stop() {
        mailbox.close()
        try? end.wait()
    }
}

/// The spools that there are. Several receivers that lack the same are served from one.
private struct SpoolShelf {
    private struct Kept {
        let scope: Scope
        let base: Cut
        let spool: Spool
        let file: Descriptor
        /// Where each piece begins.
        let offsets: [Int]
        var users: Set<SessionKey>
        var lastUse: UInt64
    }

    let directory: String
    let folder: String
    let damaged: @Sendable (RecordKey) -> Void
    private var kept: [SpoolID: Kept] = [:]
    private var lastID: UInt64 = 0
    private var uses: UInt64 = 0

    /// How many that nobody is sending are kept for whoever comes back.
    private static let idleLimit = 64

    init(directory: String, folder: String, damaged: @escaping @Sendable (RecordKey) -> Void) {
        (self.directory, self.folder, self.damaged) = (directory, folder, damaged)
    }

    mutating func make(for key: SessionKey, _ scope: Scope, _ cut: Cut) -> SessionReply {
        uses += 1
        if let id = kept.filter({ $0.value.scope == scope && $0.value.base == cut }).keys.max(by: { $0.number < $1.number }) {
            kept[id]?.users.insert(key)
            kept[id]?.lastUse = uses
            return SessionReply(key: key, answer: .spooled(scope, kept[id]?.spool))
        }
        lastID += 1
        let id = SpoolID(number: lastID)
        do {
            guard let made = try write(id, scope, cut) else {
                return SessionReply(key: key, answer: .spooled(scope, nil))
            }
            kept[id] = Kept(
                scope: scope, base: cut, spool: made.spool, file: made.file, offsets: made.offsets, users: [key],
                lastUse: uses)
            return SessionReply(key: key, answer: .spooled(scope, made.spool))
        } catch ReplicaError.damagedRow(let record) {
            // Nothing can be sent that would name it; when it is mended, everybody is told.
            damaged(record)
            return SessionReply(key: key, answer: .spooled(scope, nil))
        } catch let error as ReplicaError {
            return SessionReply(key: key, answer: .refused([scope: SessionError(error)]))
        } catch {
            return SessionReply(key: key, answer: .failed(.internalTrouble(reason: "\(error)")))
        }
    }

    private func write(
        _ id: SpoolID, _ scope: Scope, _ cut: Cut
    ) throws -> (spool: Spool, file: Descriptor, offsets: [Int])? {
        let reader = try ReplicaDirectory.read(at: directory)
        let path = "\(folder)/\(id.number)"
        let file = try Descriptor(path, .newSpool)
        // Nobody else needs its name, and so nothing is left behind.
        try? FileManager.default.removeItem(atPath: path)
        var offsets: [Int] = []
        var length = 0
        let spool = try SpoolMaker(reader.replica).make(id, scope, for: cut) { piece in
            offsets.append(length)
            length += piece.count
            try piece.withUnsafeBytes { try file.write($0) }
        }
        return spool.map { ($0, file, offsets) }
    }

    mutating func read(for key: SessionKey, _ id: SpoolID, _ index: Int) -> SessionReply {
        guard let spool = kept[id], spool.offsets.indices.contains(index) else {
            return SessionReply(key: key, answer: .failed(.internalTrouble(reason: "a spool is gone")))
        }
        do {
            let count = spool.spool.pieces[index].byteCount
            return SessionReply(
                key: key, answer: .piece(id, index, try spool.file.read(count, at: spool.offsets[index])))
        } catch {
            return SessionReply(key: key, answer: .failed(.internalTrouble(reason: "\(error)")))
        }
    }

    /// It has arrived.
    mutating func forget(_ key: SessionKey, _ id: SpoolID) {
        kept[id]?.users.remove(key)
        if kept[id]?.users.isEmpty == true { kept[id] = nil }
    }

    mutating func leave(_ key: SessionKey) {
        for id in kept.keys { kept[id]?.users.remove(key) }
        let idle = kept.filter { $0.value.users.isEmpty }.sorted { $0.value.lastUse < $1.value.lastUse }
        for (id, _) in idle.dropLast(Self.idleLimit) { kept[id] = nil }
    }
}
