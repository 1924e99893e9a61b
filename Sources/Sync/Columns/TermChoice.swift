/// Tries the ways to write a column of terms and keeps the one that promises to be smallest.
struct TermChoice {
    private(set) var mode: TermMode
    /// All terms, the distinct ones, or the new ones, by the mode.
    private(set) var direct: DirectChoice
    private(set) var levels = ColumnChoice([], signed: false)
    private(set) var places = ColumnChoice([], signed: false)
    private(set) var ranks: TermRanks?
    private var cost: UInt64

    init(_ terms: [UInt32], of pool: TermPool, owners: [UInt32], known: KnownTerms?) {
        (mode, direct, cost) = (.direct, DirectChoice([], of: pool), .max)
        let hints = IntegerHints(owners: owners)
        var uses = [UInt32](repeating: 0, count: pool.count)
        var distinct: [UInt32] = []
        for term in terms {
            if uses[Int(term)] == 0 { distinct.append(term) }
            uses[Int(term)] += 1
        }
        if distinct.count * 4 > terms.count * 3 {
            direct = DirectChoice(terms, of: pool)
            cost = direct.cost
        }
        if let known { considerKnown(terms, distinct, known, hints, pool) }
        guard distinct.count * 8 < terms.count * 7 else { return }
        distinct.sort { pool.precedes($0, $1) }
        considerDictionary(terms, distinct, uses, hints, pool)
    }

    private mutating func considerKnown(
        _ terms: [UInt32], _ distinct: [UInt32], _ known: KnownTerms, _ hints: IntegerHints, _ pool: TermPool
    ) {
        let new = distinct.filter { known.places[Int($0)] == .max }
        guard new.count * 4 < distinct.count, known.count <= terms.count * TermMode.knownFactor else { return }
        var known = known
        let ranks = known.add(terms)
        let places = ColumnChoice(ranks.map(UInt64.init), signed: false, hints)
        let direct = DirectChoice(new, of: pool)
        guard places.cost + direct.cost < cost else { return }
        (mode, self.places, self.direct, cost) = (.known, places, direct, places.cost + direct.cost)
        self.ranks = TermRanks(ranks: ranks, count: known.count)
    }

    private mutating func considerDictionary(
        _ terms: [UInt32], _ distinct: [UInt32], _ uses: [UInt32], _ hints: IntegerHints, _ pool: TermPool
    ) {
        let direct = DirectChoice(distinct, of: pool)
        guard direct.cost < cost else { return }
        let levels = distinct.map { RankedValues.level(ofUses: Int(uses[Int($0)])) }
        let levelChoice = ColumnChoice(levels, signed: false)
        var numbers = uses
        for (index, rank) in RankedValues.ranks(of: levels).enumerated() { numbers[Int(distinct[index])] = rank }
        let ranks = terms.map { numbers[Int($0)] }
        let byUse = ColumnChoice(ranks.map(UInt64.init), signed: false)
        if direct.cost + levelChoice.cost + byUse.cost < cost {
            (mode, self.direct, self.levels, places) = (.dictionary, direct, levelChoice, byUse)
            self.ranks = TermRanks(ranks: ranks, count: distinct.count)
            cost = direct.cost + levelChoice.cost + byUse.cost
        }
        for (index, term) in distinct.enumerated() { numbers[Int(term)] = UInt32(index) }
        let sortedRanks = terms.map { numbers[Int($0)] }
        let sorted = ColumnChoice(sortedRanks.map(UInt64.init), signed: false, hints)
        if direct.cost + sorted.cost < cost {
            (mode, self.direct, places) = (.sorted, direct, sorted)
            self.ranks = TermRanks(ranks: sortedRanks, count: distinct.count)
            cost = direct.cost + sorted.cost
        }
    }
}
