internal import CRDT

/// What a person sees of a record, whatever the dots are that say so: values that nothing has replaced, distinct facts, sums.
public struct RecordMeaning: Hashable, Sendable {
    var values: [SlotKey: Set<Value>] = [:]
    var facts: [UInt32: [Value: Int]] = [:]
    var counts: [UInt32: Int64] = [:]
    /// What each origin did with rights. What an origin that has ended last asked for asks nobody any more.
    var rights: [UInt32: [Origin: RightsRow]] = [:]
}

extension RecordMeaning: CustomStringConvertible {
    public var description: String {
        let values = values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.map { "\($0)" }.sorted())" }
        let facts = facts.sorted { $0.key < $1.key }.map { field, list in
            "facts \(field): \(list.map { "\($0.key) \($0.value) times" }.sorted())"
        }
        let counts = counts.sorted { $0.key < $1.key }.map { "sum \($0.key): \($0.value)" }
        let rights = rights.sorted { $0.key < $1.key }.map { field, rows in "rights \(field): \(rows.text)" }
        return (values + facts + counts + rights).joined(separator: ", ")
    }
}

extension [Origin: RightsRow] {
    fileprivate var text: String {
        let rows = sorted { $0.key < $1.key }.map { origin, row in
            let lists = [("granted", row.granted), ("decided", row.served)].map { name, list in
                "\(name) \(list.sorted { $0.key < $1.key }.map { "\($0.key.rawValue): \($0.value)" })"
            }
            return "\(origin.rawValue): minted \(row.minted), used \(row.used), released \(row.released), "
                + lists.joined(separator: ", ") + (row.request.map { ", asks \($0)" } ?? "")
        }
        return "\(rows)"
    }
}
