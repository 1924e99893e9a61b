/// What happened to machines, in bounded room: when there is too much, what is close together becomes one mark.
public struct RunMarks: Sendable {
    /// Ascending by time.
    public private(set) var marks: [RunMark] = []
    /// Marks of one kind at one machine that lay within so many milliseconds are one; 0 if each is there.
    public private(set) var spacing: Int64 = 0
    private var limit = 6_000

    private struct Place: Hashable {
        let lane: Int
        let kind: RunMark.Kind
        let slot: Int64
    }

    /// - Parameter least: what is worth merging at all, in milliseconds.
    mutating func add(_ mark: RunMark, least: Int64) {
        marks.append(mark)
        guard marks.count > limit else { return }
        if spacing > 0 { merge() }
        // Until half of the room is free, or each machine has one mark of each kind.
        while marks.count > limit / 2, spacing == 0 || marks.contains(where: { $0.time >= spacing }) {
            spacing = max(least, spacing * 2)
            merge()
        }
        limit = max(limit, 2 * marks.count)
    }

    private mutating func merge() {
        var places: [Place: Int] = [:]
        var merged: [RunMark] = []
        for mark in marks {
            let place = Place(lane: mark.lane, kind: mark.kind, slot: mark.time / spacing)
            if let index = places[place] {
                merged[index].count += mark.count
            } else {
                places[place] = merged.count
                merged.append(mark)
            }
        }
        marks = merged
    }
}
