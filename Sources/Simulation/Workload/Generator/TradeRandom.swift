/// The draws that made-up trade consists of.
struct TradeRandom {
    private var source: MersenneTwister

    init(seed: UInt64) {
        source = MersenneTwister(seed: seed)
    }

    /// A number of 0..<1.
    mutating func unit() -> Double { source.unit() }

    /// True with this probability.
    mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    /// An integer of `range`, which must span less than 2 to the power of 53.
    mutating func integer(_ range: ClosedRange<Int64>) -> Int64 {
        range.lowerBound + Int64(unit() * Double(range.upperBound - range.lowerBound + 1))
    }

    /// The index of one of `shares`, each as likely as it is large. If the number drawn lies beyond all of them: `beyond`,
    /// or the last one.
    mutating func choice(shares: [Double], beyond: Int? = nil) -> Int {
        var rest = unit()
        for (index, share) in shares.enumerated() {
            if rest < share { return index }
            rest -= share
        }
        return beyond ?? shares.count - 1
    }
}
