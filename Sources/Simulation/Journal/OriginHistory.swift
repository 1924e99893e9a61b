internal import CRDT
internal import Replica

/// All that one origin wrote in one scope: one history, or several, if its disk was set back or copied and the same numbers were
/// used again. Only the hashes of its chain tell them apart.
struct OriginHistory: Sendable {
    struct Branch: Sendable {
        /// What the journal calls the origin in this history: in the first one as everybody does.
        let name: Origin
        /// The history that this one leaves, if there is one, and behind which of its transactions.
        fileprivate(set) var base: (branch: Int?, sequence: UInt64)
        /// Ascending by sequence, without gaps.
        var entries: [JournalEntry] = []

        var last: UInt64 { base.sequence + UInt64(entries.count) }

        /// Those beyond a sequence up to, and with, another.
        func entries(beyond low: UInt64, upTo high: UInt64) -> ArraySlice<JournalEntry> {
            let start = Int(clamping: low > base.sequence ? low - base.sequence : 0)
            let end = Int(clamping: high > base.sequence ? high - base.sequence : 0)
            return entries[min(start, entries.count)..<max(min(start, entries.count), min(end, entries.count))]
        }
    }

    private(set) var branches: [Branch]

    init(of origin: Origin) {
        branches = [Branch(name: origin, base: (nil, 0))]
    }

    var isForked: Bool { branches.count > 1 }

    /// In which history a point lies; nil if in none.
    func branch(of point: ChainPoint) -> Int? {
        branches.firstIndex { branch in
            guard let entry = branch.entries(beyond: point.sequence - 1, upTo: point.sequence).first else { return false }
            return entry.hash == point.hash || entry.hash == .zero
        }
    }

    /// The journal's entries for a point: its own history's, and those of the ones that it has left.
    func entries(of point: ChainPoint) -> [VersionVector.Entry]? {
        guard var index = branch(of: point) else { return nil }
        var (list, sequence) = ([VersionVector.Entry](), point.sequence)
        while true {
            list.append(VersionVector.Entry(origin: branches[index].name, sequence: sequence))
            let base = branches[index].base
            guard let parent = base.branch, base.sequence > 0 else { return list }
            (index, sequence) = (parent, base.sequence)
        }
    }

    /// Where the next transaction belongs: behind the point in its history, or in a new one, if that has gone on already.
    ///
    /// - Parameter point: the writer's own before it; nil if it had written nothing.
    /// - Returns: nil if nobody knows such a point.
    mutating func branchForNext(behind point: ChainPoint?, naming name: () -> Origin) -> Int? {
        let sequence = point?.sequence ?? 0
        var found = point.flatMap { branch(of: $0) }
        if point == nil, branches[0].entries.isEmpty { found = 0 }
        if let found, branches[found].last == sequence { return found }
        guard found != nil || point == nil else { return nil }
        branches.append(Branch(name: name(), base: (found, sequence)))
        return branches.count - 1
    }

    /// What was told of a history lies behind a transaction of another one: those that it was thought to have in that place were
    /// never told.
    ///
    /// - Parameter points: of one chain, ascending, the history's last one among them: the last of them in another history is where
    ///   this one begins.
    mutating func rebase(_ branch: Int, onto points: [ChainPoint]) {
        for point in points.reversed() where point.sequence > branches[branch].base.sequence {
            guard let parent = self.branch(of: point), parent != branch else { continue }
            branches[branch].entries.removeFirst(Int(clamping: point.sequence - branches[branch].base.sequence))
            branches[branch].base = (parent, point.sequence)
            return
        }
    }

    mutating func append(_ entry: JournalEntry, to branch: Int) { branches[branch].entries.append(entry) }
}
