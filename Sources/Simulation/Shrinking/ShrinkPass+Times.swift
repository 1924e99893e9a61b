extension ShrinkPass {
    /// A pass that pulls times together, keeps their order, and makes them easy to read (see `TimeReduction`).
    ///
    /// - Parameters:
    ///   - units: what times and the gaps between them are rounded to, in the unit of the times, coarse to fine. What is less
    ///     than the last goes altogether or stays as it is.
    ///   - times: the times of a candidate since its start, each at or after the one before it.
    ///   - replacing: the candidate with these in their place, as many as there were.
    public static func times<Time: FixedWidthInteger>(
        _ name: String, units: [Time.Magnitude], of times: @escaping (Candidate) -> [Time],
        replacing: @escaping (Candidate, [Time]) -> Candidate
    ) -> ShrinkPass {
        ShrinkPass(name) { trials throws(ShrinkStop) in
            let candidate = trials.smallest
            var reduction = TimeReduction(times(candidate), units: units) { times throws(ShrinkStop) in
                try trials.attempt(replacing(candidate, times))
            }
            try reduction.minimize()
        }
    }
}
