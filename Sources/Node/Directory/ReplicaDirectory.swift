public import Replica
internal import Retail

/// A folder that holds one replica: `replica.db`, `identity.json`, `high-water`, the file `lock` for who works on it, and
/// what restores have kept (`ChainRestore`).
///
/// Whoever opens it for writing holds the lock as long as this object lives; readers take none.
public final class ReplicaDirectory {
    public static let databaseName = "replica.db"

    public let path: String
    public let card: ReplicaCard
    public let replica: Replica
    private let lock: DirectoryLock?
    private var writtenMark: HighWater?

    private init(path: String, card: ReplicaCard, replica: Replica, lock: DirectoryLock?) throws {
        guard replica.identity.chain == card.chain, replica.identity.member == card.member else {
            throw NodeError.mismatched(
                directory: path, detail: "\(Self.databaseName) and \(ReplicaCard.fileName) are of different replicas")
        }
        self.path = path
        self.card = card
        self.replica = replica
        self.lock = lock
        writtenMark = try HighWater.read(in: path)
    }

    /// The database lacks transactions that it once had acknowledged: it was put back to an earlier state. Until that is
    /// settled nothing must be written under its origin.
    public var isBehindHighWater: Bool { writtenMark?.isAhead(of: replica) ?? false }

    /// Why a new incarnation must begin before anything is written; nil if this one goes on.
    public var doubt: IncarnationDoubt? {
        if replica.isCopy { return .restored }
        if isBehindHighWater { return .putBack }
        return replica.isClosed ? .closed : nil
    }

    /// Closes this incarnation and begins the next one, under which nobody has seen anything yet.
    ///
    /// - Parameter milliseconds: the wall clock, in milliseconds since 1970.
    public func beginIncarnation(at milliseconds: Int64) throws {
        var random = SystemRandomNumberGenerator()
        try replica.reincarnate(as: random.next(), at: milliseconds)
        let mark = HighWater(of: replica)
        try mark.write(in: path)
        writtenMark = mark
    }

    /// Makes a replica in a new folder.
    ///
    /// - Parameters:
    ///   - path: nothing is there yet, but its parent is.
    ///   - epoch: milliseconds since 1970 that stamps are stored relative to; any recent time serves.
    public static func create(
        at path: String, _ card: ReplicaCard, epoch: Int64, cacheKiB: Int = defaultCacheKiB
    ) throws -> ReplicaDirectory {
        guard case .none = try FileKind(path) else { throw NodeError.occupied(path: path) }
        try DurableFile.makeDirectory(path)
        let lock = try DirectoryLock(path)
        var random = SystemRandomNumberGenerator()
        let identity = Identity(chain: card.chain, member: card.member, incarnation: random.next())
        let database = path + "/" + databaseName
        let replica = try Replica.create(at: database, identity: identity, epoch: epoch, parameters(card, cacheKiB))
        try card.write(in: path)
        return try ReplicaDirectory(path: path, card: card, replica: replica, lock: lock)
    }

    /// Opens a replica for its one owner.
    public static func open(at path: String, cacheKiB: Int = defaultCacheKiB) throws -> ReplicaDirectory {
        try checkKind(path)
        let lock = try DirectoryLock(path)
        let card = try ReplicaCard.read(in: path)
        let replica = try Replica.open(at: path + "/" + databaseName, parameters(card, cacheKiB))
        return try ReplicaDirectory(path: path, card: card, replica: replica, lock: lock)
    }

    /// Opens a snapshot of a replica, beside whoever owns it.
    public static func read(at path: String, cacheKiB: Int = defaultCacheKiB) throws -> ReplicaDirectory {
        try checkKind(path)
        let card = try ReplicaCard.read(in: path)
        let (database, parameters) = (path + "/" + databaseName, parameters(card, cacheKiB))
        do {
            let replica = try Replica.read(at: database, parameters)
            return try ReplicaDirectory(path: path, card: card, replica: replica, lock: nil)
        } catch StorageError.missing, StorageError.readOnly, StorageError.diskFull {
            // SQLite shares memory with writers through a file, which a read-only or full medium does not let it make. With
            // nothing in the write-ahead log there is nobody to share with.
            guard try FileKind.byteCount(database + "-wal") ?? 0 == 0 else { throw FileError.notPermitted(path: database) }
            let replica = try Replica.read(at: database, isImmutable: true, parameters)
            return try ReplicaDirectory(path: path, card: card, replica: replica, lock: nil)
        }
    }

    /// Notes outside the database how far its own transactions have come. Whatever was applied is committed.
    public func writeHighWater() throws {
        let mark = HighWater(of: replica)
        guard mark != writtenMark, !isBehindHighWater else { return }
        try mark.write(in: path)
        writtenMark = mark
    }

    /// What a page cache takes by default, in KiB.
    public static let defaultCacheKiB = 16_384

    static func parameters(_ card: ReplicaCard, _ cacheKiB: Int) -> OpeningParameters {
        OpeningParameters(
            schema: RetailSchema.schema, digestKey: card.digestKey, run: .random(), cacheKiB: cacheKiB)
    }

    static func checkKind(_ path: String) throws {
        switch try FileKind(path) {
        case .none: throw FileError.missing(path: path)
        case .file: throw FileError.notADirectory(path: path)
        case .directory: break
        }
        for name in [databaseName, ReplicaCard.fileName] {
            guard case .file = try FileKind(path + "/" + name) else {
                throw NodeError.notAReplica(directory: path, missing: name)
            }
        }
    }
}
