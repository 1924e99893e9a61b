/// The customers of a made-up chain, each with a home store.
struct TradeCustomers {
    private let popularity: ZipfDistribution
    private let homes: [Int]

    init(count: Int, stores: Int, random: inout TradeRandom) {
        popularity = ZipfDistribution(count: count, exponent: 0.7)
        homes = (0..<count).map { _ in Int(random.unit() * Double(stores)) }
    }

    static func id(_ customer: Int) -> String { "C" + decimal(customer, digits: 7) }

    func draw(_ random: inout TradeRandom) -> Int { popularity.rank(at: random.unit()) }

    func home(of customer: Int) -> Int { homes[customer] }
}
