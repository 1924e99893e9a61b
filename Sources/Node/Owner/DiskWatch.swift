internal import Replica
internal import Synchronization

/// What a replica's owner meets when its disk takes nothing more, from the first refusal to the next commit that succeeds.
final class DiskWatch: Sendable {
    struct Trouble: Sendable {
        /// When it began, in milliseconds since 1970.
        let since: Int64
        var times: Int
        var error: NodeError
    }

    private let state = Mutex<Trouble?>(nil)

    var trouble: Trouble? { state.withLock { $0 } }

    /// The disk has taken something.
    func clear() {
        state.withLock { $0 = nil }
    }

    /// Remembers a full disk.
    ///
    /// - Parameter directory: the replica's.
    /// - Returns: what to tell whoever wanted to store something: the same error, unless it is about that.
    func explain(_ error: any Error, in directory: String, at milliseconds: Int64) -> any Error {
        guard case StorageError.diskFull = error else { return error }
        let explained = NodeError.diskFull(directory: directory, DiskRoom(on: directory))
        state.withLock { state in
            state = Trouble(since: state?.since ?? milliseconds, times: (state?.times ?? 0) + 1, error: explained)
        }
        return explained
    }
}
