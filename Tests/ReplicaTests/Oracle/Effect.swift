import CRDT
import Replica

/// What one call of a transaction did to one slot, as the test wrote it down.
struct Effect {
    enum Change {
        case assign(Value)
        case remove
        case advance(Int64)
        case count(Int64)
        case fact(Value)
        case mint(UInt64)
        case use(UInt64)
        case release(UInt64)
        case request(UInt64, from: Origin)
        /// Nil if no request was open.
        case grant(UInt64, to: Origin)
    }

    let key: RecordKey
    let slot: SlotKey
    let change: Change
}

/// An effect with the transaction that it belongs to and what its writer had seen.
struct Trace {
    let dot: Dot
    let stamp: HLC
    let run: Run
    /// The vector of the writer's scope before the transaction.
    let seen: VersionVector
    /// The effect's place within its transaction.
    let index: Int
    let effect: Effect

    func saw(_ other: Trace) -> Bool {
        seen.covers(other.dot) || other.dot == dot && other.index < index
    }
}
