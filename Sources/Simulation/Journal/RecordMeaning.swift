internal import CRDT

/// What a person sees of a record, whatever the dots are that say so: values that nothing has replaced, distinct facts, sums.
public struct RecordMeaning: Hashable, Sendable {
    var values: [SlotKey: Set<Value>] = [:]
    var facts: [UInt32: [Value: Int]] = [:]
    var counts: [UInt32: Int64] = [:]
}

extension RecordMeaning: CustomStringConvertible {
    public var description: String {
        let values = values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.map { "\($0)" }.sorted())" }
        let facts = facts.sorted { $0.key < $1.key }.map { field, list in
            "facts \(field): \(list.map { "\($0.key) \($0.value) times" }.sorted())"
        }
        let counts = counts.sorted { $0.key < $1.key }.map { "sum \($0.key): \($0.value)" }
        return (values + facts + counts).joined(separator: ", ")
    }
}
