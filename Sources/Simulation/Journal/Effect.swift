public import CRDT
public import Replica

/// What one act wrote to one slot, as the laboratory states it: never read back from what the engine made of it.
public struct Effect: Hashable, Sendable {
    public enum Change: Hashable, Sendable {
        case assign(Value)
        case remove
        case advance(Int64)
        case count(Int64)
        case fact(Value)
        case rights(RightsChange)
    }

    public let key: RecordKey
    public let slot: SlotKey
    public let change: Change

    public init(_ key: RecordKey, _ field: UInt32, _ change: Change) {
        self.init(key, field, .none, change)
    }

    public init(_ key: RecordKey, _ field: UInt32, _ element: Element, _ change: Change) {
        (self.key, slot, self.change) = (key, SlotKey(field: field, element: element), change)
    }
}
