/// Brings integers toward a target, as near as a failure allows.
///
/// 1. Those that matter are found (`DeltaDebugging`): all others go to the target at once.
/// 2. Each of them is then brought nearer in multiples of the coarsest unit that fits: first to one unit, else by bisection.
///    Only what is then one unit, or cannot be a multiple of it, is looked at in the next finer one: two hours and
///    not 1:37:12.345, but two seconds rather than an hour.
///
/// When this ends by itself, no integer can go to the target, nor to the next lower multiple of the coarsest unit below its
/// distance.
struct IntegerReduction<Value: FixedWidthInteger> {
    private let target: Value
    /// Coarse to fine.
    private let units: [Value.Magnitude]
    private(set) var values: [Value]
    private let attempt: ([Value]) throws(ShrinkStop) -> TrialOutcome

    /// - Parameters:
    ///   - values: fail; they are not run.
    ///   - units: coarse to fine.
    ///   - attempt: runs others in their place.
    init(
        _ values: [Value], toward target: Value, units: [Value.Magnitude],
        attempt: @escaping ([Value]) throws(ShrinkStop) -> TrialOutcome
    ) {
        precondition(zip(units, units.dropFirst()).allSatisfy { $0 > $1 }, "units are not from coarse to fine")
        precondition(units.allSatisfy { $0 > 0 }, "a unit of nothing")
        self.values = values
        self.target = target
        self.units = units
        self.attempt = attempt
    }

    mutating func minimize() throws(ShrinkStop) {
        let away = try indicesThatMatter()
        for index in away { try approach(index) }
        while try step(away) {}
    }

    private mutating func indicesThatMatter() throws(ShrinkStop) -> [Int] {
        let (values, target, attempt) = (values, target, attempt)
        let away = values.indices.filter { values[$0] != target }
        var search = DeltaDebugging(away) { part throws(ShrinkStop) in
            var candidate = [Value](repeating: target, count: values.count)
            for index in part { candidate[index] = values[index] }
            return try attempt(candidate)
        }
        let kept = Set(try search.minimize().map { away[$0] })
        for index in away where !kept.contains(index) { self.values[index] = target }
        return away.filter(kept.contains)
    }

    private mutating func approach(_ index: Int) throws(ShrinkStop) {
        for unit in units where unit <= distance(index) {
            let whole = distance(index) / unit
            if whole * unit < distance(index) {
                guard try set(index, at: whole * unit) else { continue }
            }
            guard whole > 1, try !set(index, at: unit) else { continue }
            var (low, high) = (Value.Magnitude(1), whole)
            while high - low > 1 {
                let middle = low + (high - low) / 2
                if try set(index, at: middle * unit) { high = middle } else { low = middle }
            }
            return
        }
    }

    /// Asks of each integer once more, for the others have changed since.
    ///
    /// - Returns: whether any came nearer.
    private mutating func step(_ away: [Int]) throws(ShrinkStop) -> Bool {
        var isNearer = false
        for index in away where distance(index) > 0 {
            if try set(index, at: 0) {
                isNearer = true
            } else if let unit = units.first(where: { $0 < distance(index) }) {
                guard try set(index, at: (distance(index) - 1) / unit * unit) else { continue }
                isNearer = true
                try approach(index)
            }
        }
        return isNearer
    }

    private func distance(_ index: Int) -> Value.Magnitude {
        let value = values[index]
        return Value.Magnitude(truncatingIfNeeded: value > target ? value &- target : target &- value)
    }

    /// - Returns: whether it fails with the integer so far from the target; it is left there then.
    private mutating func set(_ index: Int, at distance: Value.Magnitude) throws(ShrinkStop) -> Bool {
        let offset = Value(truncatingIfNeeded: distance)
        var candidate = values
        candidate[index] = values[index] > target ? target &+ offset : target &- offset
        guard try attempt(candidate) == .fails else { return false }
        values = candidate
        return true
    }
}
