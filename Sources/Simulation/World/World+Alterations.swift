internal import Replica

/// What somebody has altered in another member's name, or made up beside that member's own: until those who know better have said
/// so, nobody can tell.
extension World {
    func alter(_ key: RecordKey) {
        for node in nodes { node.altered.insert(key) }
    }

    /// Those who know better have had their time.
    func endAlterations() {
        for node in nodes { node.altered = [] }
    }
}
