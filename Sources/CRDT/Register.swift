/// What a register reads as: the highest of its cells by stamp and dot, and the concurrent ones that lost to it.
///
/// A write replaces every cell that its writer sees, so a causally later write wins whatever the clocks say, and stamps only
/// rank what was truly concurrent. Losers are kept until someone who sees them writes again; a person finds them in the
/// inbox.
public struct Register: Hashable, Sendable {
    public let winner: Cell
    /// What else was said, descending by stamp and dot, each value once under its highest cell: an inbox offers a choice
    /// between values. What the winner says is none of them.
    public let losers: [Cell]

    public var value: Value? { winner.value }
}

extension Record {
    /// Sets a register, or an element of a map.
    public mutating func assign(_ value: Value, to slot: SlotKey, at version: Version) {
        write(Cell(slot: slot, dot: version.dot, stamp: version.stamp, content: .value(value))) { seen in
            !Mutants.isOn("write-leaves-what-others-wrote") || seen.dot.origin == version.dot.origin
        }
    }

    /// Empties a slot of what is seen in it: what others write concurrently lives on.
    public mutating func remove(_ slot: SlotKey, at version: Version) {
        guard !self[slot].isEmpty else { return }
        if Mutants.isOn("removal-leaves-no-mark") { return cells.removeAll { $0.slot == slot } }
        write(Cell(slot: slot, dot: version.dot, stamp: version.stamp, content: .removed)) { _ in true }
    }

    /// - Returns: nil for a register that was never set, or was removed.
    public func register(_ slot: SlotKey) -> Register? {
        let ranked = self[slot].filter { !$0.isMark }.sorted { ($0.stamp, $0.dot) > ($1.stamp, $1.dot) }
        guard let winner = Mutants.isOn("tie-broken-the-other-way") ? ranked.last : ranked.first else { return nil }
        var said: Set<Cell.Content> = [winner.content]
        return Register(winner: winner, losers: ranked.dropFirst().filter { said.insert($0.content).inserted })
    }
}
