extension [String] {
    /// The name that a mistyped one was probably meant to be: the nearest by edits, if a third of its letters or fewer
    /// are wrong; the first of several.
    func nearest(to name: String) -> String? {
        // Whatever is longer is no slip of the fingers, and the work grows with the product of the lengths.
        let longest = 64
        guard name.unicodeScalars.count <= longest else { return nil }
        let letters = Array<Character>(name.lowercased())
        let bound = Swift.max(1, letters.count / 3)
        let distances = enumerated().compactMap { index, candidate -> (distance: Int, index: Int)? in
            let others = Array<Character>(candidate.lowercased())
            guard abs(others.count - letters.count) <= bound else { return nil }
            let distance = editDistance(letters, others)
            return distance <= bound && distance < others.count ? (distance, index) : nil
        }
        return distances.min { ($0.distance, $0.index) < ($1.distance, $1.index) }.map { self[$0.index] }
    }
}

/// How many letters to insert, remove, replace or swap with their neighbour turn one name into another, no letter twice
/// (optimal string alignment; Damerau, "A technique for computer detection and correction of spelling errors", 1964).
private func editDistance(_ first: [Character], _ second: [Character]) -> Int {
    var beforeLast: [Int] = []
    var last = Array<Int>(0...second.count)
    for (row, letter) in first.enumerated() {
        var current = [row + 1]
        for (column, other) in second.enumerated() {
            var best = Swift.min(last[column] + (letter == other ? 0 : 1), last[column + 1] + 1, current[column] + 1)
            if row > 0, column > 0, letter == second[column - 1], other == first[row - 1] {
                best = Swift.min(best, beforeLast[column - 1] + 1)
            }
            current.append(best)
        }
        (beforeLast, last) = (last, current)
    }
    return last[second.count]
}
