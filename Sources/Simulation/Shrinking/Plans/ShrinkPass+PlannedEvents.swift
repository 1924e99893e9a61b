/// Passes over what happens, and where.
extension ShrinkPass<Plan> {
    /// Stores go with all that is about them.
    static var stores: ShrinkPass {
        ShrinkPass("stores") { trials throws(ShrinkStop) in
            let whole = trials.smallest
            guard whole.stores > 1 else { return }
            var search = DeltaDebugging(Array(1...whole.stores)) { kept throws(ShrinkStop) in
                guard let candidate = whole.keeping(stores: kept) else { return .invalid }
                return try trials.attempt(candidate)
            }
            _ = try search.minimize()
        }
    }

    /// Customers, tags, lines of sales: whatever an event can do without.
    static var parts: ShrinkPass {
        ShrinkPass("parts") { trials throws(ShrinkStop) in
            let (whole, parts) = (trials.smallest, trials.smallest.optionalParts)
            var search = DeltaDebugging(Array(parts.indices)) { kept throws(ShrinkStop) in
                let kept = Set(kept)
                let rest = parts.indices.filter { !kept.contains($0) }
                guard let candidate = whole.leavingOut(rest.map { parts[$0] }) else { return .invalid }
                return try trials.attempt(candidate)
            }
            _ = try search.minimize()
        }
    }

    /// One piece of each article, at the lowest price.
    static var quantities: ShrinkPass {
        ShrinkPass("quantities") { trials throws(ShrinkStop) in
            let (whole, quantities) = (trials.smallest, trials.smallest.quantities)
            var reduction = IntegerReduction(quantities.map(\.excess), toward: 0, units: [1]) { excesses throws(ShrinkStop) in
                guard let candidate = whole.replacing(quantities, with: excesses) else { return .invalid }
                return try trials.attempt(candidate)
            }
            try reduction.minimize()
        }
    }

    /// What a disk keeps is plainest if it is nothing.
    static var survivals: ShrinkPass {
        ShrinkPass("survivals") { trials throws(ShrinkStop) in
            for (index, event) in trials.smallest.events.enumerated() {
                guard let failure = event.act as? LosePower, failure.keeping != .nothing else { continue }
                var candidate = trials.smallest
                candidate.events[index].act = LosePower(node: failure.node, keeping: .nothing)
                _ = try trials.attempt(candidate)
            }
        }
    }

    /// Names that can be told apart at sight.
    static var names: ShrinkPass {
        ShrinkPass("names") { trials throws(ShrinkStop) in
            guard let candidate = trials.smallest.plainlyNamed else { return }
            func texts(_ plan: Plan) -> [String?] { plan.events.map { $0.written?.line } }
            guard texts(candidate) != texts(trials.smallest) else { return }
            _ = try trials.attempt(candidate)
        }
    }
}
