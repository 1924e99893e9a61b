/// The distinct values of a column with the size of their use, so that the common ones get the small ranks.
///
/// A level is the width in bits of the number of uses, less 1. Ranks go by falling level, then by rising value: the levels
/// cost about a bit a value, and make a common value's rank short.
struct RankedValues {
    /// Ascending.
    var values: [UInt64] = []
    /// By index in `values`.
    var levels: [UInt64] = []

    static let levelLimit: UInt64 = 64

    /// Fewer values are not worth a list.
    private static let smallestCount = 16

    /// Whether a sample of a long column has few distinct values for its size: sorting it all takes long.
    private static func repeatsItself(_ column: [UInt64]) -> Bool {
        let sampleCount = 512
        guard column.count > 4 * sampleCount else { return true }
        let step = column.count / sampleCount
        var sample = (0..<sampleCount).map { column[$0 * step] }
        sample.sort()
        var distinct = 1
        for index in 1..<sampleCount where sample[index] != sample[index - 1] { distinct += 1 }
        return distinct * 20 < sampleCount * 19
    }

    /// By rank: the index of the value.
    static func order(of levels: [UInt64]) -> [UInt32] {
        var starts = [Int](repeating: 0, count: Int(levelLimit) + 1)
        for level in levels { starts[Int(levelLimit - 1 - level) + 1] += 1 }
        for index in 1..<starts.count { starts[index] += starts[index - 1] }
        var order = [UInt32](repeating: 0, count: levels.count)
        for (index, level) in levels.enumerated() {
            let place = Int(levelLimit - 1 - level)
            order[starts[place]] = UInt32(truncatingIfNeeded: index)
            starts[place] += 1
        }
        return order
    }

    /// By index of the value: its rank.
    static func ranks(of levels: [UInt64]) -> [UInt32] {
        let order = order(of: levels)
        var ranks = [UInt32](repeating: 0, count: order.count)
        for (rank, index) in order.enumerated() { ranks[Int(index)] = UInt32(truncatingIfNeeded: rank) }
        return ranks
    }

    @inline(__always)
    static func level(ofUses count: Int) -> UInt64 { UInt64(Int.bitWidth - 1 - count.leadingZeroBitCount) }

    init() {}

    /// - Returns: nil if more than half of the values are distinct, or seem to be by a sample.
    init?(of column: [UInt64]) {
        guard column.count >= Self.smallestCount, Self.repeatsItself(column) else { return nil }
        let limit = column.count / 2
        let uses = Self.uses(of: column)
        guard uses.count <= limit else { return nil }
        values = uses.map(\.value)
        levels = uses.map { Self.level(ofUses: $0.count) }
    }

    /// Values below this are counted in a table instead of being sorted or searched.
    private static let tableLimit = 1 << 16

    /// The distinct values, ascending, and how often each comes.
    private static func uses(of column: [UInt64]) -> [(value: UInt64, count: Int)] {
        var uses: [(value: UInt64, count: Int)] = []
        if let highest = column.max(), highest < tableLimit {
            var counts = [UInt32](repeating: 0, count: Int(highest) + 1)
            for value in column { counts[Int(value)] += 1 }
            for value in counts.indices where counts[value] > 0 { uses.append((UInt64(value), Int(counts[value]))) }
            return uses
        }
        for value in column.sorted() {
            if uses.last?.value == value { uses[uses.count - 1].count += 1 } else { uses.append((value, 1)) }
        }
        return uses
    }

    /// By place in the column: the rank of its value.
    func ranks(of column: [UInt64]) -> [UInt64] {
        let ranks = Self.ranks(of: levels)
        if let highest = values.last, highest < Self.tableLimit {
            var table = [UInt32](repeating: 0, count: Int(highest) + 1)
            for (index, value) in values.enumerated() { table[Int(value)] = ranks[index] }
            return column.map { UInt64(table[Int($0)]) }
        }
        return column.map { UInt64(ranks[Self.countUp(to: $0, in: values) - 1]) }
    }

    /// How many of some ascending values are not above a value.
    @inline(__always)
    static func countUp(to value: UInt64, in values: [UInt64]) -> Int {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low &+ high) / 2
            if values[middle] <= value { low = middle &+ 1 } else { high = middle }
        }
        return low
    }

    /// What it takes to write, in 256ths of a bit.
    func cost(withLevels: Bool) -> UInt64 {
        var (gaps, levels) = (CostEstimate(), CostEstimate())
        var last: UInt64 = 0
        for value in values {
            gaps.add(value &- last)
            last = value
        }
        if withLevels { for level in self.levels { levels.add(level) } }
        return gaps.cost + levels.cost
    }
}
