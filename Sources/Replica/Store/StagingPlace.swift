internal import CRDT

/// Where a cut that is on its way in lies: nobody goes on with what another member began, or comes in its way.
struct StagingPlace: Hashable, Comparable {
    let scope: Scope
    /// The member that it comes from; nil if there is nobody to doubt.
    let sender: UInt32?

    /// What its rows in `staged` begin with, ahead of a record's key.
    var slot: [UInt8] {
        var writer = ByteWriter(reservingCapacity: Self.slotCount)
        writer.write(fixed64: sender.map { UInt64($0) + 1 } ?? 0)
        return writer.bytes
    }

    /// Its row in `transfer`, and what its rows in `staged` begin with.
    var prefix: [UInt8] { slot + RecordKey.prefix(scope) }

    static let slotCount = 8

    static func < (left: StagingPlace, right: StagingPlace) -> Bool {
        (left.scope, left.sender.map { Int64($0) } ?? -1) < (right.scope, right.sender.map { Int64($0) } ?? -1)
    }
}
