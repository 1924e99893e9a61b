/// Finds a short part of a list that still fails, leaving the order as it is.
///
/// Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (2002), solved by *ddmin*: when this ends by
/// itself, the list is 1-minimal, so that without any one of its elements it fails no more. What differs from ddmin is the
/// way there, made for events in the order of time, where what comes later depends on what came before:
///
/// 1. A *sweep* from the last element to the first. It begins with nothing at all, then halves, and then prefixes, since all
///    that follows the first bad event can go. Each element that must stay is found by bisection, and what bisection left
///    open is asked about in its turn. This is Hwang's binary splitting ("A Method for Detecting All Defective Members in
///    a Population by Group Testing", 1972), with blocks as large as the distance between what had to stay lately, and
///    roughly first: closer looks wait until the list is shorter, and runs are cheaper. k needles among n elements take
///    about k log2(n / k) + 6k trials, near the log2 of the ways to choose them, as long as more elements never make
///    a failure go away.
/// 2. *Blocks* of half the list, a quarter, down to single elements, until none can go: nothing is taken for granted here.
/// 3. *Partners*: elements that cannot go alone because the rest cannot run then are tried in pairs.
///
/// No candidate is run twice. Only the very same one counts as known: what cannot run says nothing about what holds less
/// or more.
struct DeltaDebugging<Element> {
    private let elements: [Element]
    /// Indices of the elements that are left, in order.
    private var kept: [Int]
    private var tried = TriedSubsets()
    private let attempt: ([Element]) throws(ShrinkStop) -> TrialOutcome

    /// - Parameters:
    ///   - list: fails; it is not run.
    ///   - attempt: runs a part of it.
    init(_ list: [Element], attempt: @escaping ([Element]) throws(ShrinkStop) -> TrialOutcome) {
        elements = list
        kept = Array(list.indices)
        self.attempt = attempt
    }

    /// - Returns: the part that is left, with indices into the list.
    mutating func minimize() throws(ShrinkStop) -> [Int] {
        guard !kept.isEmpty, try !remove(kept.indices) else { return kept }
        try halve()
        try sweep()
        repeat {
            while try removeBlocks() {}
        } while try removePartners()
        return kept
    }

    /// Leaves out half of the list, as long as one half fails by itself: what is shorter costs less to run.
    private mutating func halve() throws(ShrinkStop) {
        while kept.count > 1 {
            let middle = kept.count / 2
            if try remove(middle..<kept.count) { continue }
            guard try remove(0..<middle) else { return }
        }
    }

    /// Finds what must stay, roughly while the list is long, then more closely.
    private mutating func sweep() throws(ShrinkStop) {
        var grain = kept.count
        var chunks = [kept.count]
        while grain > 1 {
            grain = min(grain / 2, max(1, kept.count / Self.grains))
            var refined: [Int] = []
            var upper = kept.count
            for chunk in chunks {
                let lower = upper - chunk
                let last = try lastNeeded(of: lower..<upper, grain: grain)
                refined.append(last.count)
                let rest = lower..<last.lowerBound
                if !rest.isEmpty, try !remove(rest) { refined += try sweep(rest, grain: grain) }
                upper = lower
            }
            chunks = refined
        }
    }

    /// Goes through a range from its end, in blocks as large as the distances between what had to stay lately.
    ///
    /// - Parameters:
    ///   - range: cannot go as a whole.
    ///   - grain: how closely what must stay is looked for.
    /// - Returns: the lengths of the chunks that are left of it, each of which cannot go as a whole, the last one first.
    private mutating func sweep(_ range: Range<Int>, grain: Int) throws(ShrinkStop) -> [Int] {
        let lower = range.lowerBound
        var upper = range.upperBound
        while upper - lower > 1, try remove(lower..<lower + (upper - lower) / 2) { upper -= (upper - lower) / 2 }
        var chunks: [Int] = []
        var block = max(grain, (upper - lower) / 2)
        var passed = 0
        while upper > lower {
            let size = min(block, upper - lower)
            if try remove(upper - size..<upper) {
                upper -= size
                passed += size
                block = size * 2
            } else {
                let last = try lastNeeded(of: upper - size..<upper, grain: grain)
                chunks.append(last.count)
                block = max(grain, (size + passed + upper - last.upperBound) / 2)
                (upper, passed) = (last.lowerBound, 0)
            }
        }
        return chunks
    }

    /// Finds the last element that must stay in a range that cannot go as a whole, and leaves out what follows it there.
    ///
    /// - Returns: where it is, to within `grain` elements.
    private mutating func lastNeeded(of range: Range<Int>, grain: Int) throws(ShrinkStop) -> Range<Int> {
        var (lower, upper) = (range.lowerBound, range.upperBound)
        while upper - lower > grain {
            let middle = lower + (upper - lower) / 2
            if try remove(middle..<upper) { upper = middle } else { lower = middle }
        }
        return lower..<upper
    }

    /// - Returns: whether any went.
    private mutating func removeBlocks() throws(ShrinkStop) -> Bool {
        let before = kept.count
        var size = max(1, before / 2)
        while true {
            var upper = kept.count
            while upper > 0 {
                let lower = max(0, upper - size)
                _ = try remove(lower..<upper)
                upper = lower
            }
            if size == 1 { return kept.count < before }
            size /= 2
        }
    }

    /// - Returns: whether any went.
    private mutating func removePartners() throws(ShrinkStop) -> Bool {
        let before = kept.count
        var stuck: [Int] = []
        for element in kept where try outcome(of: kept.filter { $0 != element }) == .invalid { stuck.append(element) }
        for distance in 1...Self.partnerReach {
            for (first, second) in zip(stuck, stuck.dropFirst(distance)) {
                let candidate = kept.filter { $0 != first && $0 != second }
                // One of them may have gone with another by now.
                if candidate.count == kept.count - 2 { _ = try take(candidate) }
            }
        }
        return kept.count < before
    }

    /// How many grains the list has: to look more closely pays when it is shorter. Many more need fewer trials, but run
    /// more events; many fewer, the other way round.
    private static var grains: Int { 32 }

    /// How many of the elements that cannot go alone are tried as the partner of one.
    private static var partnerReach: Int { 16 }

    /// Leaves out the elements at `range` of what is left, if it fails without them.
    private mutating func remove(_ range: Range<Int>) throws(ShrinkStop) -> Bool {
        try take(Array(kept[..<range.lowerBound] + kept[range.upperBound...]))
    }

    private mutating func take(_ candidate: [Int]) throws(ShrinkStop) -> Bool {
        guard try outcome(of: candidate) == .fails else { return false }
        kept = candidate
        tried.forget(from: candidate.count)
        return true
    }

    private mutating func outcome(of candidate: [Int]) throws(ShrinkStop) -> TrialOutcome {
        if let known = tried[candidate] { return known }
        let outcome = try attempt(candidate.map { elements[$0] })
        tried[candidate] = outcome
        return outcome
    }
}
