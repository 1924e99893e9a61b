import CRDT
import Replica

/// A table of one scope's records that knows nothing but what the feed says: what it shows must be what is visible.
struct Projection {
    private var cursor = VersionVector()
    private var records: [RecordKey: [Cell]] = [:]

    /// How often each answer of the feed was followed.
    private(set) var rescans = 0
    private(set) var changes = 0

    /// Only what is durable is followed: nobody's feed takes anything back.
    mutating func follow(_ replica: Replica, _ scope: Scope) throws {
        let keys: [RecordKey]
        switch try replica.feed(of: scope, beyond: cursor) {
        case .changes(let changed):
            keys = changed
            changes += 1
        case .rescan:
            records = [:]
            keys = try replica.keys(of: scope)
            rescans += 1
        }
        for key in keys { records[key] = try Self.visible(replica, key) }
        cursor = replica.vector(of: scope)
        let visible = try replica.keys(of: scope).reduce(into: [:]) { $0[$1] = try Self.visible(replica, $1) }
        try require(records == visible, "\(scope): a projection shows \(records), not \(visible)")
    }

    private static func visible(_ replica: Replica, _ key: RecordKey) throws -> [Cell]? {
        let cells = try replica.record(key).cells.filter { !$0.isMark }
        return cells.isEmpty ? nil : cells
    }
}
