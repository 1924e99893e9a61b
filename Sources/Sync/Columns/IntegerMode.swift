/// How the numbers of a column are predicted, and how what is left of them is laid out.
///
///     mode    bits 0-3  prediction
///             bit 4     layout: 0 each residual, 1 sparse
///             bit 5     scaled: all values are divided by a factor that follows
struct IntegerMode: Hashable {
    enum Prediction: UInt8 {
        /// The value itself; zigzag in a signed column.
        case none = 0
        /// The value before; 0 before the first.
        case previous = 1
        /// Residuals are ranks in a list of the distinct values.
        case dictionary = 2
        /// The last value that went with the same term in the tuple's first place; 0 if there was none.
        case companion = 3
        /// The sum of the products in the record's amounts, divided by a divisor that follows.
        case amount = 4
        /// What the record's column of the class before says, such as the increments of its last count.
        case peer = 5
        /// The value before, where none is below it: differences without a sign.
        case rising = 6
        /// The bits of a signed value, where none is negative: no zigzag.
        case natural = 7
        /// The value before in the same record, where none is below it; 0 before the record's first.
        case step = 8
        /// Residual 0 is the last value that went with the same term; else 1 and the rank among the values so written.
        case companionOrDictionary = 9
        /// How many of the distinct values, ascending, lie above the value and not above the peer.
        case peerRank = 10
    }

    var prediction: Prediction
    var isSparse = false
    var isScaled = false

    var code: UInt8 {
        prediction.rawValue | (isSparse ? 16 : 0) | (isScaled ? 32 : 0)
    }

    init(_ prediction: Prediction) {
        self.prediction = prediction
    }

    init?(code: UInt8) {
        guard code < 64, let prediction = Prediction(rawValue: code & 15) else { return nil }
        self.prediction = prediction
        isSparse = code & 16 != 0
        isScaled = code & 32 != 0
    }

    /// Columns of fewer values have no mode: no prediction, each residual, not scaled.
    static let smallestCount = 4
}

/// What a column of numbers may be predicted from, besides itself.
struct IntegerHints {
    /// By value: the rank of the term in the same tuple's first place, below `companionCount`.
    var companions: [UInt32]?
    var companionCount = 0
    /// By record: the sums of products.
    var amounts: [UInt64]?
    /// By record: a number that the value may lie near.
    var peers: [UInt64]?
    /// By value: the record it belongs to; nil where that is not known.
    var owners: [UInt32]?

    static let none = IntegerHints()
}

/// Divides values of a column that is scaled; a signed one as signed numbers, towards zero.
struct Scale {
    let factor: UInt64
    let isSigned: Bool

    @inline(__always)
    func divide(_ value: UInt64) -> UInt64 {
        guard isSigned else { return value / factor }
        return UInt64(bitPattern: Int64(bitPattern: value) / Int64(bitPattern: factor))
    }

    /// A prediction from a record's amount.
    @inline(__always)
    func prediction(amount: UInt64, divisor: UInt64) -> UInt64 {
        divide(UInt64(bitPattern: Int64(bitPattern: amount) / Int64(bitPattern: divisor)))
    }

    /// - Returns: nil if the product does not fit.
    @inline(__always)
    func multiply(_ value: UInt64) -> UInt64? {
        if isSigned {
            let (product, overflows) = Int64(bitPattern: value).multipliedReportingOverflow(by: Int64(bitPattern: factor))
            return overflows ? nil : UInt64(bitPattern: product)
        }
        let (product, overflows) = value.multipliedReportingOverflow(by: factor)
        return overflows ? nil : product
    }

    /// The greatest factor of all values; 1 if there is none, or they are all 0.
    static func factor(of values: [UInt64], isSigned: Bool) -> UInt64 {
        var divisor: UInt64 = 0
        for value in values {
            var (left, right) = (divisor, isSigned ? Int64(bitPattern: value).magnitude : value)
            while right != 0 { (left, right) = (right, left % right) }
            divisor = left
            if divisor == 1 { return 1 }
        }
        return divisor == 0 || divisor > 1 << 62 ? 1 : divisor
    }
}
