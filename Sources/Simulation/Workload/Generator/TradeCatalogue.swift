/// The goods of a made-up chain: few are sold often, most seldom.
struct TradeCatalogue {
    private let popularity: ZipfDistribution
    /// SKUs by popularity: shuffled, so that ids do not sort by it.
    private let skus: [Int]
    private let pricesMinorUnits: [Int64]

    init(count: Int, random: inout TradeRandom) {
        popularity = ZipfDistribution(count: count, exponent: 1.07)
        var skus = Array(0..<count)
        for i in stride(from: count - 1, to: 0, by: -1) {
            skus.swapAt(i, Int(random.unit() * Double(i + 1)))
        }
        self.skus = skus
        pricesMinorUnits = (0..<count).map { _ in
            let base = random.integer(1...40) * 50
            let ending: Int64 = random.chance(0.7) ? -1 : 0
            return base + ending + (random.chance(0.15) ? random.integer(0...30) * 100 : 0)
        }
    }

    static func id(_ sku: Int) -> String { "P" + decimal(sku, digits: 5) }

    func draw(_ random: inout TradeRandom) -> Int { skus[popularity.rank(at: random.unit())] }

    /// The price of one sale: now and then there is a promotion.
    func drawPrice(of sku: Int, _ random: inout TradeRandom) -> Int64 {
        let price = pricesMinorUnits[sku]
        return random.chance(0.93) ? price : price * random.integer(60...95) / 100
    }
}
