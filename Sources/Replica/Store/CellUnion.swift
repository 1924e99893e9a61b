internal import CRDT

/// What two members at the same vector keep of one record in which they differ: everything, and of two contents for one cell
/// the same on both sides.
struct CellUnion {
    private let mine: UInt32
    private let theirs: UInt32
    /// Whose word counts for what a third one wrote; nil if neither's does.
    private let arbiter: UInt32?

    init(of member: UInt32, and peer: UInt32, under arbiter: UInt32? = nil) {
        (mine, theirs, self.arbiter) = (member, peer, arbiter)
    }

    /// Both sides' cells ascend by slot and dot.
    func joined(_ left: [Cell], _ right: [Cell]) -> [Cell] {
        guard !left.isEmpty else { return right }
        let stamps = stamps(left, right)
        var cells = left
        cells.append(contentsOf: right)
        cells.mergeRuns(meetingAt: left.count)
        var joined: [Cell] = []
        joined.reserveCapacity(cells.count)
        for var cell in cells {
            cell.stamp = stamps[cell.dot] ?? cell.stamp
            if let last = joined.last, last.slot == cell.slot, last.dot == cell.dot {
                // Of equals the first is of the left.
                joined[joined.count - 1] = chosen(last, cell)
            } else {
                joined.append(cell)
            }
        }
        return joined
    }

    /// A transaction has one stamp.
    private func stamps(_ left: [Cell], _ right: [Cell]) -> [Dot: HLC] {
        var stamps = Dictionary(left.map { ($0.dot, $0.stamp) }, uniquingKeysWith: { first, _ in first })
        let others = Dictionary(right.map { ($0.dot, $0.stamp) }, uniquingKeysWith: { first, _ in first })
        stamps.merge(others) { max($0, $1) }
        return stamps
    }

    private func chosen(_ left: Cell, _ right: Cell) -> Cell {
        if left.isMark != right.isMark { return left.isMark != Mutants.isOn("repair-prefers-marks") ? right : left }
        if mine != theirs {
            if left.dot.origin.member == mine { return left }
            if left.dot.origin.member == theirs { return right }
            if let arbiter, !Mutants.isOn("nobody-settles-what-a-third-wrote") { return arbiter == theirs ? right : left }
        }
        return Self.encoded(left).lexicographicallyPrecedes(Self.encoded(right)) ? right : left
    }

    private static func encoded(_ cell: Cell) -> [UInt8] {
        var writer = ByteWriter()
        CellGroup.encode([cell], of: cell.dot, into: &writer)
        return writer.bytes
    }
}
