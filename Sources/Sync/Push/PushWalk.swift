internal import CRDT
internal import Replica

/// What the later parts of a push lean on: the earlier ones. Both ends walk through it alike.
struct PushWalk {
    /// The last stamp that was told.
    private(set) var stamp: HLC?
    /// Those of contents, ascending.
    private var identifiers: [Identifier] = []
    /// The writes that the delta has told, in this order.
    private(set) var writes: [Version] = []
    private(set) var cellCount = 0
    /// How many hashes follow from records.
    private(set) var derivedHashes = 0

    mutating func beginDelta() {
        writes = []
    }

    mutating func tell(_ stamp: HLC) {
        self.stamp = stamp
    }

    mutating func tell(_ write: Version) {
        writes.append(write)
    }

    /// A transaction whose place in its chain was told: its cells bear its stamp or none.
    mutating func tell(transaction dot: Dot, _ stamp: HLC) {
        derivedHashes += 1
        writes.append(Version(dot: dot, stamp: stamp))
        if stamp != .none { writes.append(Version(dot: dot, stamp: .none)) }
    }

    /// How a step names a write that is not that of the cell before.
    func code(of write: Version) -> UInt8 {
        switch writes.firstIndex(of: write) {
        case 0: PushStep.WriteCode.first
        case 1: PushStep.WriteCode.second
        default: PushStep.WriteCode.other
        }
    }

    mutating func count(cells: Int) throws(PushError) {
        cellCount += cells
        guard cellCount <= PushLimits.cells else { throw .tooLarge(count: cellCount, limit: PushLimits.cells) }
    }

    mutating func tell(_ identifier: Identifier) {
        let place = identifiers.firstPlace { $0 >= identifier }
        if place < identifiers.count, identifiers[place] == identifier { return }
        identifiers.insert(identifier, at: place)
    }

    /// The ids that a record may be about: those told in contents that are of a class and above the last record's id.
    func candidates(like model: Identifier, after last: Identifier?) -> [Identifier] {
        let start = last.map { last in identifiers.firstPlace { $0 > last } } ?? 0
        return identifiers[start...].filter { $0.hasSameShape(as: model) }
    }
}

extension [Identifier] {
    /// The first index whose element satisfies a predicate that, once true, stays true.
    fileprivate func firstPlace(where predicate: (Identifier) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
