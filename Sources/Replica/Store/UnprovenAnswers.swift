internal import CRDT

/// What peers have told, at one cut, of a scope's records that are aside, where it did not agree with what the heads remember.
struct UnprovenAnswers: Hashable {
    let cut: Cut
    /// Each record, as the first that spoke of it has told it.
    private var told: [RecordKey: Hash128] = [:]
    /// Of which records the last one spoke, and how many in a row have spoken of just these.
    private var named: Set<RecordKey> = []
    private var count = 0
    /// Two told something else of one record: one at least is wrong, and nobody here can say which.
    private var isContested = false

    init(at cut: Cut) { self.cut = cut }

    mutating func note(_ records: [RecordKey: Hash128]) {
        if !isTold(records, orUnknown: true) { isContested = true }
        // Where another record was set aside meanwhile, that is another answer, and no other word.
        count = named == Set(records.keys) ? count + 1 : 1
        named = Set(records.keys)
        told.merge(records) { first, _ in first }
    }

    /// How many in a row have told just this; 0 once two have contradicted each other.
    func count(of records: [RecordKey: Hash128]) -> Int {
        !isContested && named == Set(records.keys) && isTold(records, orUnknown: false) ? count : 0
    }

    private func isTold(_ records: [RecordKey: Hash128], orUnknown isUnknownRight: Bool) -> Bool {
        records.allSatisfy { key, hash in told[key].map { $0 == hash } ?? isUnknownRight }
    }
}
