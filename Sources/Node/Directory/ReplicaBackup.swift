internal import Foundation
internal import Replica

/// A copy of a replica that can take its place: a new folder with the database as of one moment, and `identity.json`.
public enum ReplicaBackup {
    /// Makes a backup, verified and on the disk, while others read the replica and its owner goes on writing.
    ///
    /// `identity.json` comes last: a folder without it is no backup.
    ///
    /// - Parameters:
    ///   - directory: an opened snapshot; the backup is of that moment.
    ///   - path: a name that is free in a directory that exists. Nothing is there if this throws.
    public static func make(of directory: ReplicaDirectory, at path: String) throws {
        guard case .none = try FileKind(path) else { throw NodeError.occupied(path: path) }
        try DurableFile.makeDirectory(path)
        do {
            let database = path + "/" + ReplicaDirectory.databaseName
            try directory.replica.backUp(to: database)
            let parameters = ReplicaDirectory.parameters(directory.card, ReplicaDirectory.defaultCacheKiB)
            try Replica.read(at: database, isImmutable: true, parameters).verify()
            try DurableFile.sync(database)
            try directory.card.write(in: path)
            try DurableFile.syncDirectory(path)
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            // The copy is as damaged as what it was made of, and gone.
            throw (error as? StorageError)?.moved(from: path, to: directory.path) ?? error
        }
    }
}
