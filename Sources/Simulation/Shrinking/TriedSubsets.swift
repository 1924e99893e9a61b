/// What parts of a list showed when they were run.
struct TriedSubsets {
    /// By the number of elements, then by the elements, one bit each.
    private var outcomes: [Int: [[UInt64]: TrialOutcome]] = [:]

    subscript(indices: [Int]) -> TrialOutcome? {
        get { outcomes[indices.count]?[Self.bits(of: indices)] }
        set { outcomes[indices.count, default: [:]][Self.bits(of: indices)] = newValue }
    }

    /// Forgets the parts with `count` elements or more: once one with so few fails, they are not asked for again.
    mutating func forget(from count: Int) {
        outcomes = outcomes.filter { $0.key < count }
    }

    /// - Parameter indices: ascending.
    private static func bits(of indices: [Int]) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: indices.last.map { $0 / 64 + 1 } ?? 0)
        for index in indices { words[index / 64] |= 1 << UInt64(index % 64) }
        return words
    }
}
