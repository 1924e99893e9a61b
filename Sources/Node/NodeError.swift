/// Why a replica's or a chain's directory is not opened or changed. It is as it was before.
public enum NodeError: Error, Hashable, Sendable {
    /// Another process, `holder` if it is known, works on the directory.
    case locked(directory: String, holder: Int32?)
    case notAReplica(directory: String, missing: String)
    case notAChain(directory: String, missing: String)
    /// A directory for something new holds something already.
    case notEmpty(directory: String)
    /// Something is there already where something new is to be made.
    case occupied(path: String)
    /// A member's folder holds no replica any more.
    case lostReplica(directory: String, name: String, detail: String)
    /// A file of the directory does not say what was written to it.
    case damaged(path: String, detail: String)
    /// A file that people edit says something that means nothing.
    case wrongSetting(path: String, detail: String)
    case newerVersion(path: String, found: Int, supported: Int)
    /// The database belongs to another replica than the files beside it say.
    case mismatched(directory: String, detail: String)
    /// The database was put back to an earlier state; writing would use sequence numbers a second time.
    case behindHighWater(directory: String)
    /// A backup is damaged, or is none, or is another replica's.
    case unusableBackup(path: String, detail: String)
    case unknownMember(name: String, known: [String])
    case tooManyMembers(count: Int, limit: Int)
    /// The owner has been stopped.
    case stopped
    /// More requests wait than the mailbox holds.
    case mailboxFull(limit: Int)
    /// The disk takes nothing more; what was to be stored is not.
    case diskFull(directory: String, DiskRoom)
}

extension NodeError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .locked(let directory, let holder):
            "\(directory): \(holder.map { "process \($0)" } ?? "another process") is working here. "
                + "Wait until it is done, or stop it."
        case .notAReplica(let directory, let missing):
            "\(directory): this is not a replica's directory: it has no \(missing). "
                + "Name the directory that was made for one."
        case .notAChain(let directory, let missing):
            "\(directory): this is not a chain's directory: it has no \(missing). "
                + "Name the directory that a log was imported into (atoll import LOG --dir CHAIN)."
        case .notEmpty(let directory):
            "\(directory): this directory holds other files. Name a new or empty directory."
        case .occupied(let path): "\(path): there is something here already. Name a new place."
        case .lostReplica(let directory, let name, let detail):
            "\(directory): the replica of \(name) is lost: \(detail). "
                + "Put a backup in its place (atoll restore --replica \(name) --from PATH)."
        case .damaged(let path, let detail):
            "\(path): the file is damaged: \(detail). Restore the directory from a backup."
        case .wrongSetting(let path, let detail): "\(path): \(detail). Correct the file."
        case .newerVersion(let path, let found, let supported):
            "\(path): this has version \(found); this program knows versions up to \(supported). Use the newer program."
        case .mismatched(let directory, let detail):
            "\(directory): \(detail). Restore the whole directory from one backup."
        case .behindHighWater(let directory):
            "\(directory): this database is older than the file high-water beside it says: it was restored from a copy. "
                + "Run atoll exchange: it goes on under a new incarnation, with what the other replicas know."
        case .unusableBackup(let path, let detail):
            "\(path): this cannot take the replica's place: \(detail). Nothing was changed; name another backup."
        case .unknownMember(let name, let known):
            "there is no replica named \(name) in this chain. Known are: \(known.joined(separator: ", "))."
        case .tooManyMembers(let count, let limit):
            "\(count) replicas are more than the \(limit) that this process can hold open. Raise the limit (ulimit -n)."
        case .stopped: "the replica is being closed. Try again when it runs."
        case .mailboxFull(let limit): "\(limit) requests are waiting already. Try again in a moment."
        case .diskFull(let directory, let room):
            "the disk is full: \(directory) cannot be written to; \(room). This was not stored. Make room on that disk and do it "
                + "again; the node goes on by itself."
        }
    }
}
