import CRDT

/// A transaction as the specification remembers it: what it said, and what its writer had seen.
struct Operation<Action> {
    let origin: UInt64
    let sequence: UInt64
    let stamp: UInt64
    let record: Int
    /// This transaction's place in bit sets.
    let bit: UInt64
    /// The transactions that its writer had seen.
    let seen: UInt64
    let action: Action

    /// By stamp, then dot.
    var rank: (UInt64, UInt64, UInt64) { (stamp, origin, sequence) }
}

/// What a view means, said naively over the set of visible operations, without cells, dots under vectors, deltas or joins.
protocol Specification {
    associatedtype Action

    init()

    /// Tries a random write.
    ///
    /// - Parameters:
    ///   - visible: the operations on this record that the writer sees.
    ///   - origins: of all replicas.
    /// - Returns: what was written, or nil if the write was refused, as the specification wants it too.
    func perform(
        on record: inout Record, at version: Version, seeing visible: [Operation<Action>], origins: [Origin],
        random: inout SeededRandom
    ) throws -> Action?

    /// Throws a `Mismatch` if the record does not read as the visible operations say.
    func check(_ record: Record, of owner: Origin, seeing visible: [Operation<Action>]) throws

    /// Throws a `Mismatch` if what everybody did together breaks a promise.
    func checkTogether(_ operations: [Operation<Action>]) throws
}

extension Specification {
    func checkTogether(_ operations: [Operation<Action>]) throws {}
}

/// A write to one of a few slots, or with nil a remove.
struct SlotWrite {
    let slot: Int
    let value: Int?
}

extension [Operation<[SlotWrite]>] {
    /// The values of a slot that no other visible write or remove of that slot has seen, highest rank first.
    func live(inSlot slot: Int) -> [(operation: Operation<[SlotWrite]>, value: Int)] {
        let writers = filter { $0.action.contains { $0.slot == slot } }
        var live: [(operation: Operation<[SlotWrite]>, value: Int)] = []
        for writer in writers {
            let isSeen = writers.contains { $0.seen & writer.bit != 0 }
            let last = writer.action.last { $0.slot == slot }
            if !isSeen, let value = last?.value { live.append((writer, value)) }
        }
        return live.sorted { $0.operation.rank > $1.operation.rank }
    }
}
