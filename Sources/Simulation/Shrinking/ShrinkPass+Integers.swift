extension ShrinkPass {
    /// A pass that brings integers toward a target: all at once, those that do not matter, then each of the others as near
    /// as it can come (see `IntegerReduction`).
    ///
    /// - Parameters:
    ///   - values: the integers of a candidate: quantities, counts, ids.
    ///   - replacing: the candidate with these in their place, as many as there were.
    public static func integers<Value: FixedWidthInteger>(
        _ name: String, toward target: Value, of values: @escaping (Candidate) -> [Value],
        replacing: @escaping (Candidate, [Value]) -> Candidate
    ) -> ShrinkPass {
        ShrinkPass(name) { trials throws(ShrinkStop) in
            let candidate = trials.smallest
            var reduction = IntegerReduction(values(candidate), toward: target, units: [1]) { values throws(ShrinkStop) in
                try trials.attempt(replacing(candidate, values))
            }
            try reduction.minimize()
        }
    }
}
