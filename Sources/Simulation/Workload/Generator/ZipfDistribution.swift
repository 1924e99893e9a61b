internal import Glibc

/// Draws ranks of which the i-th, counted from 1, is as likely as 1 / i to the power of `exponent`.
struct ZipfDistribution {
    private let cumulative: [Double]
    private let total: Double

    init(count: Int, exponent: Double) {
        var sum = 0.0
        cumulative = (0..<count).map { rank in
            sum += 1.0 / pow(Double(rank + 1), exponent)
            return sum
        }
        total = sum
    }

    /// The rank, counted from 0, that `unit` of 0..<1 falls on. Logarithmic time.
    func rank(at unit: Double) -> Int {
        cumulative.firstIndex(notBelow: unit * total)
    }
}
