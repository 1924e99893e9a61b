import CRDT

/// Progress: the visible states that no other visible state supersedes.
struct ProgressSpecification: Specification {
    static let lattice = Lattice([
        .init(10, "placed"), .init(20, "paid", follows: [10]), .init(30, "cancelled", follows: [10]),
        .init(25, "shipped", follows: [20]), .init(40, "settled", follows: [25, 30]), .init(50, "filed", follows: [40]),
    ])

    /// What each state supersedes, written out.
    private static let below: [Int64: Set<Int64>] = [
        10: [], 20: [10], 30: [10], 25: [10, 20], 40: [10, 20, 25, 30], 50: [10, 20, 25, 30, 40],
    ]

    func perform(
        on record: inout Record, at version: Version, seeing visible: [Operation<Int64>], origins: [Origin],
        random: inout SeededRandom
    ) throws -> Int64? {
        let state = random.pick([10, 20, 25, 30, 40, 50] as [Int64])
        let mayAdvance = visible.allSatisfy { $0.action != state && !Self.supersedes($0.action, state) }
        do {
            try record.advance(3, to: state, in: Self.lattice, at: version)
            try expectEqual(true, mayAdvance, "whether \(state) was taken")
            return state
        } catch ProgressError.goesBack(_, let refused) {
            try expectEqual(false, mayAdvance, "whether \(refused) was taken")
            return nil
        }
    }

    func check(_ record: Record, of owner: Origin, seeing visible: [Operation<Int64>]) throws {
        let states = Set(visible.map(\.action))
        let heads = states.filter { state in !states.contains { Self.supersedes($0, state) } }
        let joined: Int64? =
            switch heads.sorted() {
            case []: nil
            case let one where one.count == 1: one[0]
            case [20, 30], [25, 30]: 40
            default: throw Mismatch("the specification knows no such branch: \(heads)")
            }
        let progress = record.progress(3, in: Self.lattice)
        try expectEqual(progress.heads, heads.sorted(), "heads")
        try expectEqual(progress.joined, joined, "join of the heads")
        try expectEqual(progress.isBranched, heads.count > 1, "branch")
    }

    private static func supersedes(_ later: Int64, _ earlier: Int64) -> Bool {
        below[later]?.contains(earlier) ?? false
    }
}
