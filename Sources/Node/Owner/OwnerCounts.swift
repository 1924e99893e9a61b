internal import Synchronization

/// What an owner has done so far.
public struct OwnerCounts: Hashable, Sendable {
    /// That were acknowledged.
    public var transactions = 0
    /// That made them durable: each costs a sync of the disk.
    public var commits = 0
    public var checkpoints = 0
}

/// Counts that one thread changes and others read.
final class OwnerCountsBox: Sendable {
    private let counts = Mutex(OwnerCounts())

    var now: OwnerCounts { counts.withLock { $0 } }

    func change(_ body: (inout OwnerCounts) -> Void) {
        counts.withLock { body(&$0) }
    }
}
