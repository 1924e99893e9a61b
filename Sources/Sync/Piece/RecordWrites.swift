internal import CRDT

/// The writes of a piece in the order in which its records name them: what dots and stamps are coded by.
///
/// A stamp is told apart from its write's dot: milliseconds relative to the write before in the record, or for a record's
/// first one to the first one of the record before. Sequences of stamped writes follow from the order of their stamps: an
/// origin that writes later writes under a higher sequence, so the differences are small.
struct RecordWrites {
    var origins: [UInt64] = []
    var stamps: [UInt64] = []
    var sequences: [UInt64] = []
    private(set) var milliseconds: [UInt64] = []
    private(set) var records: [UInt32] = []
    /// Of the current record.
    private(set) var start = 0
    private var record: UInt32 = 0
    private var lastFirst: UInt64 = 0

    var count: Int { origins.count }

    mutating func begin(record: Int) {
        start = origins.count
        self.record = UInt32(record)
    }

    @inline(__always)
    mutating func append(origin: Int, sequence: UInt64, stamp: HLC) {
        let time = stamp.rawValue >> 16
        if origins.count == start {
            milliseconds.append(time &- lastFirst)
            lastFirst = time
        } else {
            milliseconds.append(time &- stamps[stamps.count - 1] >> 16)
        }
        records.append(record)
        origins.append(UInt64(origin))
        stamps.append(stamp.rawValue)
        sequences.append(sequence)
    }

    /// The stamped writes by origin, then by stamp, then as they come.
    static func stampedOrder(origins: [UInt64], stamps: [UInt64]) -> [Int] {
        var order: [(origin: UInt64, stamp: UInt64, place: Int)] = []
        order.reserveCapacity(stamps.count)
        for place in stamps.indices where stamps[place] != 0 { order.append((origins[place], stamps[place], place)) }
        order.sort { $0 < $1 }
        return order.map(\.place)
    }
}
