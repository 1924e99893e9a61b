/// Why a delta cannot be joined. The record stays as it was.
public enum JoinError: Error, Hashable, Sendable {
    /// Two contents for one dot: the origin forked, or one side is damaged.
    case contentDiffers(slot: SlotKey, dot: Dot)
    /// The delta takes a value for held that the receiver's vector does not cover.
    case heldIsUnknown(slot: SlotKey, dot: Dot)
}

/// Which slots a delta speaks about.
public enum DeltaReach: Hashable, Sendable {
    /// Slots in which the delta names a cell; all others stay as they are.
    case namedSlots
    /// Every slot: the delta is the whole state at its cut.
    case wholeState
}

extension Record {
    /// The one join, the same for every slot whether or not this program knows its field.
    ///
    /// Of two states with their vectors, a cell lives on if both have it, or if one has it and the other's vector does not
    /// cover its dot. It is commutative, associative and idempotent, and loses nothing that was not seen by whoever removed
    /// it. Source: Bieniusa et al., "An Optimized Conflict-free Replicated Set" (2012); Almeida et al., "Delta State
    /// Replicated Data Types" (2018).
    ///
    /// - Parameters:
    ///   - delta: the sender's live cells and touch marks in the slots that it names, ascending by slot and dot.
    ///   - cut: the sender's vector when the delta was taken.
    ///   - vector: this replica's vector before the join, at least the delta's base.
    /// - Complexity: linear in the cells of both.
    public mutating func join(
        _ delta: [Cell], upTo cut: VersionVector, knowing vector: VersionVector, reach: DeltaReach = .namedSlots
    ) throws(JoinError) {
        var joined: [Cell] = []
        joined.reserveCapacity(cells.count + delta.count)
        var (mine, theirs) = (0, 0)
        while mine < cells.count || theirs < delta.count {
            let slot = Self.lowestSlot(cells, mine, delta, theirs)
            let isWhole = reach == .wholeState || Mutants.isOn("slots-not-named-die")
            let isNamed = theirs < delta.count && delta[theirs].slot == slot || isWhole
            while true {
                let hasMine = mine < cells.count && cells[mine].slot == slot
                let hasTheirs = theirs < delta.count && delta[theirs].slot == slot
                guard hasMine || hasTheirs else { break }
                if hasMine, !hasTheirs || cells[mine].dot < delta[theirs].dot {
                    let dies = isNamed && (cut.covers(cells[mine].dot) || Mutants.isOn("cells-unseen-by-the-sender-die"))
                    if !dies || Mutants.isOn("join-keeps-what-died") { joined.append(cells[mine]) }
                    mine += 1
                } else if !hasMine || delta[theirs].dot < cells[mine].dot {
                    try Self.appendUnseen(delta[theirs], knowing: vector, to: &joined)
                    theirs += 1
                } else {
                    try Self.checkSame(cells[mine], delta[theirs])
                    joined.append(cells[mine])
                    mine += 1
                    theirs += 1
                }
            }
        }
        cells = joined
    }

    /// What a peer at `vector` lacks: each slot with a cell or touch mark beyond it, as all of the slot's cells, with values
    /// only for those beyond.
    public func delta(beyond vector: VersionVector) -> [Cell] {
        var delta: [Cell] = []
        var start = 0
        while start < cells.count {
            var end = start
            var isNews = false
            while end < cells.count, cells[end].slot == cells[start].slot {
                let isMuted = Mutants.isOn("removal-shipped-without-its-mark") && cells[end].isMark
                isNews = isNews || !vector.covers(cells[end].dot) && !isMuted
                end += 1
            }
            if isNews {
                for var cell in cells[start..<end] {
                    if !cell.isMark, vector.covers(cell.dot) { cell.content = .held }
                    if Mutants.isOn("held-cells-are-not-listed"), cell.content == .held { continue }
                    delta.append(cell)
                }
            }
            start = end
        }
        return delta
    }

    /// Drops the touch marks that every member has acknowledged.
    ///
    /// - Returns: whether there were any.
    public mutating func collectMarks(upTo horizon: VersionVector) -> Bool {
        let before = cells.count
        cells.removeAll { $0.isMark && (horizon.covers($0.dot) || Mutants.isOn("marks-dropped-early")) }
        return cells.count != before
    }

    private static func lowestSlot(_ cells: [Cell], _ mine: Int, _ delta: [Cell], _ theirs: Int) -> SlotKey {
        guard mine < cells.count else { return delta[theirs].slot }
        guard theirs < delta.count else { return cells[mine].slot }
        return min(cells[mine].slot, delta[theirs].slot)
    }

    private static func appendUnseen(
        _ cell: Cell, knowing vector: VersionVector, to joined: inout [Cell]
    ) throws(JoinError) {
        if vector.covers(cell.dot), !Mutants.isOn("join-revives-what-died") || cell.content == .held { return }
        if case .held = cell.content { throw .heldIsUnknown(slot: cell.slot, dot: cell.dot) }
        joined.append(cell)
    }

    private static func checkSame(_ mine: Cell, _ theirs: Cell) throws(JoinError) {
        if case .held = theirs.content { return }
        if Mutants.isOn("two-contents-of-one-dot-pass") { return }
        guard mine.content == theirs.content, mine.stamp == theirs.stamp else {
            throw .contentDiffers(slot: mine.slot, dot: mine.dot)
        }
    }
}
