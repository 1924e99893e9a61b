/// Keys out of the change index, each once however many blocks name it: they come in runs that ascend, which are put in order
/// by merging. To hash them all took longer.
struct GatheredKeys {
    private var keys: [RecordKey] = []
    /// What is ascending and unique at the front.
    private var settledCount = 0
    /// So many distinct keys are there at least.
    private(set) var knownCount = 0

    /// So many keys may lie unsettled besides the settled ones: a record that is named in each of ten thousand blocks takes no
    /// more room than that.
    private static let unsettledLimit = 4096

    /// - Parameter run: ascending, each key once.
    mutating func add(_ run: [RecordKey]) {
        keys.append(contentsOf: run)
        knownCount = max(knownCount, run.count)
        if keys.count - settledCount > max(Self.unsettledLimit, settledCount) { settle() }
    }

    /// All keys, ascending.
    mutating func takeAll() -> [RecordKey] {
        settle()
        defer { self = GatheredKeys() }
        return keys
    }

    private mutating func settle() {
        guard settledCount < keys.count else { return }
        if !keys.ascends {
            keys.sort()
            var kept = 0
            for index in keys.indices where kept == 0 || keys[index] != keys[kept - 1] {
                keys[kept] = keys[index]
                kept += 1
            }
            keys.removeLast(keys.count - kept)
        }
        settledCount = keys.count
        knownCount = max(knownCount, settledCount)
    }
}

extension [RecordKey] {
    /// Whether each key stands above the one before.
    var ascends: Bool {
        for index in indices.dropFirst() where self[index] <= self[index - 1] { return false }
        return true
    }
}
