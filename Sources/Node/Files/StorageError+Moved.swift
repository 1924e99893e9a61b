internal import Replica

extension StorageError {
    /// The same about another folder: what is wrong with a copy is wrong with what it was made of.
    func moved(from folder: String, to other: String) -> StorageError {
        func moved(_ path: String) -> String { path.hasPrefix(folder + "/") ? other + path.dropFirst(folder.count) : path }
        return switch self {
        case .damaged(let path, let detail): .damaged(path: moved(path), detail: detail)
        case .damagedTable(let path, let table, let scope):
            .damagedTable(path: moved(path), table: table, scope: scope)
        case .notAReplica(let path): .notAReplica(path: moved(path))
        case .newerVersion(let path, let found, let supported):
            .newerVersion(path: moved(path), found: found, supported: supported)
        case .olderVersion(let path, let found, let supported):
            .olderVersion(path: moved(path), found: found, supported: supported)
        default: self
        }
    }
}
