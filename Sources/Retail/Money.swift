/// Amounts in minor units of the chain's currency, and what is worked out of them: whole numbers all the way.
public enum Money {
    /// The most that one document may come to.
    public static let limit: Int64 = 1 << 46

    /// An amount for a part of something: `amount * part / whole`, halves away from zero. Parts and wholes within 2^40 cannot
    /// overflow, because the product is kept in 128 bits.
    ///
    /// - Parameter whole: above 0.
    public static func share(of amount: Int64, _ part: Int64, in whole: Int64) -> Int64 {
        precondition(whole > 0, "a part is of something")
        let isNegative = (amount < 0) != (part < 0)
        let product = amount.magnitude.multipliedFullWidth(by: part.magnitude)
        let (low, carry) = product.low.addingReportingOverflow(whole.magnitude / 2)
        let high = product.high + (carry ? 1 : 0)
        guard high < whole.magnitude else { return isNegative ? .min : .max }
        let quotient = whole.magnitude.dividingFullWidth((high, low)).quotient
        let share = Int64(clamping: quotient)
        return isNegative ? -share : share
    }

    /// The tax in an amount, or on it.
    ///
    /// - Parameter rate: hundredths of a percent.
    public static func tax(_ amount: Int64, rate: Int64, isIncluded: Bool) -> Int64 {
        share(of: amount, rate, in: isIncluded ? 10_000 + rate : 10_000)
    }
}

extension Int64 {
    /// A sum of what others wrote, who may write anything: it stays at the bound.
    func addingWithinBounds(_ other: Int64) -> Int64 {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? (other < 0 ? .min : .max) : sum
    }
}

extension Sequence<Int64> {
    var sumWithinBounds: Int64 { reduce(0) { $0.addingWithinBounds($1) } }
}
