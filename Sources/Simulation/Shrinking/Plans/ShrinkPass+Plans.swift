extension ShrinkPass<Plan> {
    /// In the order in which they make trials quick.
    static func all(for trial: PlanTrial) -> [ShrinkPass<Plan>] {
        [
            behind(trial), stretches, pauses,
            .list("kinds", elements: \.kinds, keeping: { $0.keeping(kinds: $1) }), stores,
            .list("events", elements: \.events, keeping: { $0.keeping($1) }), parts, quantities, survivals,
            .times(
                "times", units: [86_400_000, 3_600_000, 60_000, 1_000], of: { $0.events.map(\.time) },
                replacing: { $0.at($1) }),
            moments, length, settling(trial), names,
        ]
    }

    /// Ends where the smallest plan so far fails.
    private static func behind(_ trial: PlanTrial) -> ShrinkPass {
        ShrinkPass("end") { trials throws(ShrinkStop) in
            guard let time = trial.lastFailure else { return }
            let (whole, candidate) = (trials.smallest, trials.smallest.ending(behind: time))
            guard candidate.events.count < whole.events.count || candidate.minutes < whole.minutes else { return }
            _ = try trials.attempt(candidate)
        }
    }

    /// A short stretch of the events, pulled together: it costs next to nothing, and what goes wrong often shows there already.
    private static var stretches: ShrinkPass {
        ShrinkPass("stretches") { trials throws(ShrinkStop) in
            let whole = trials.smallest
            var count = 16
            while count <= whole.events.count / 2 {
                for stretch in [whole.events.suffix(count), whole.events.prefix(count)] {
                    for limit in [1_000, 60_000] as [Int64] {
                        let candidate = whole.keeping(Array(stretch)).pausing(atMost: limit)
                        if try trials.attempt(candidate) == .fails { return }
                    }
                }
                count *= 4
            }
        }
    }

    /// The shortest pauses are tried first: they cost least. What takes half the time costs more than it brings.
    private static var pauses: ShrinkPass {
        ShrinkPass("pauses") { trials throws(ShrinkStop) in
            for limit in [1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 120_000, 600_000] as [Int64] {
                let candidate = trials.smallest.pausing(atMost: limit)
                guard candidate.minutes <= trials.smallest.minutes / 2 else { return }
                if try trials.attempt(candidate) == .fails { return }
            }
        }
    }

    /// The time in which all is whole. What is found at its end may need all that scenarios usually give.
    private static func settling(_ trial: PlanTrial) -> ShrinkPass {
        ShrinkPass("settling") { trials throws(ShrinkStop) in
            let usual = Scenario.usualSettling.milliseconds
            for length in trial.isFoundAtEnd ? [usual] : [0, 6_000, 60_000, usual] where length < trials.smallest.settling {
                var candidate = trials.smallest
                candidate.settling = length
                if try trials.attempt(candidate) == .fails { return }
            }
        }
    }

    /// Where whole seconds between two events are too much or too little, as few milliseconds as it takes.
    private static var moments: ShrinkPass {
        ShrinkPass("moments") { trials throws(ShrinkStop) in
            let whole = trials.smallest
            let times = whole.events.map(\.time)
            let gaps = zip(times, [0] + times).map { $0 - $1 }
            let odd = gaps.indices.filter { gaps[$0] % 1_000 != 0 }
            let units: [UInt64] = [100, 10, 1]
            var reduction = IntegerReduction(odd.map { gaps[$0] }, toward: 0, units: units) { values throws(ShrinkStop) in
                var (candidate, time) = (gaps, Int64(0))
                for (index, value) in zip(odd, values) { candidate[index] = value }
                return try trials.attempt(
                    whole.at(
                        candidate.map { gap in
                            time += gap
                            return time
                        }))
            }
            try reduction.minimize()
        }
    }

    /// A whole number of minutes, or else of seconds, though that may be more than before.
    private static var length: ShrinkPass {
        ShrinkPass("length") { trials throws(ShrinkStop) in
            let end = (trials.smallest.events.last?.time ?? 0) + 1
            for unit in [60_000, 1_000] as [Int64] {
                var candidate = trials.smallest
                candidate.length = (end + unit - 1) / unit * unit
                guard candidate.length != trials.smallest.length else { return }
                if try trials.attempt(candidate) == .fails { return }
            }
        }
    }
}
