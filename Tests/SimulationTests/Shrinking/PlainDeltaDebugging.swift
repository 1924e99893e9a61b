/// Zeller and Hildebrandt's *ddmin* as it stands in the paper, to compare with.
enum PlainDeltaDebugging {
    /// How many parts of `0..<count` ddmin runs until it has one that is 1-minimal. The same part is run once.
    static func trials(count: Int, fails: ([Int]) -> Bool) -> Int {
        var known: [[Int]: Bool] = [:]
        func isFailing(_ part: [Int]) -> Bool {
            if let outcome = known[part] { return outcome }
            let outcome = fails(part)
            known[part] = outcome
            return outcome
        }
        var kept = Array(0..<count)
        var granularity = 2
        while kept.count >= 2 {
            let bounds = (0...granularity).map { $0 * kept.count / granularity }
            let blocks = zip(bounds, bounds.dropFirst()).map { kept[$0..<$1] }
            let complements = blocks.map { block in Array(kept[..<block.startIndex] + kept[block.endIndex...]) }
            if let block = blocks.first(where: { isFailing(Array($0)) }) {
                kept = Array(block)
                granularity = 2
            } else if let complement = complements.first(where: isFailing) {
                kept = complement
                granularity = max(granularity - 1, 2)
            } else if granularity < kept.count {
                granularity = min(kept.count, 2 * granularity)
            } else {
                break
            }
        }
        return known.count
    }
}
