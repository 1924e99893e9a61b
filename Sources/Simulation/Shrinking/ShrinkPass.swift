/// One way to make a failing candidate smaller.
///
/// A pass knows its own kind of thing (lists, integers, times) and nothing of what a candidate is: closures take that out
/// of it and put it back.
public struct ShrinkPass<Candidate> {
    public let name: String
    let run: (ShrinkTrials<Candidate>) throws(ShrinkStop) -> Void

    /// - Parameter run: attempts candidates smaller than `smallest`, until it alone finds no more that fails. All that it
    ///   attempts must be smaller by one measure that cannot sink for ever, or the passes never end.
    public init(_ name: String, run: @escaping (ShrinkTrials<Candidate>) throws(ShrinkStop) -> Void) {
        self.name = name
        self.run = run
    }

    /// A pass that lists smaller candidates, what promises most first.
    ///
    /// - Parameter candidates: the smaller ones of a candidate. It is asked anew, from the start, of each that fails; what
    ///   is lazy is made only when its turn comes.
    public static func candidates<Candidates: Sequence<Candidate>>(
        _ name: String, of candidates: @escaping (Candidate) -> Candidates
    ) -> ShrinkPass {
        ShrinkPass(name) { trials throws(ShrinkStop) in
            var isSmaller = true
            while isSmaller {
                isSmaller = false
                for candidate in candidates(trials.smallest) where try trials.attempt(candidate) == .fails {
                    isSmaller = true
                    break
                }
            }
        }
    }
}
