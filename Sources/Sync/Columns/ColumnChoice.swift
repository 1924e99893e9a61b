/// Tries the ways to write a column and keeps the one that promises to be smallest; of equals the first.
struct ColumnChoice {
    private let values: [UInt64]
    private let isSigned: Bool
    var mode = IntegerMode(.none)
    private(set) var residuals: [UInt64] = []
    private(set) var sparseBase: UInt64 = 0
    private(set) var divisor: UInt64 = 1
    private(set) var dictionary = RankedValues()
    private var cost = UInt64.max

    /// Divisors of a record's amount that are tried: points are often a part of the money.
    private static let divisors: [UInt64] = [1, 10, 100, 1000]

    /// - Parameter values: scaled already.
    init(_ values: [UInt64], isSigned: Bool) {
        self.values = values
        self.isSigned = isSigned
        let plain = isSigned ? values.map { UInt64(zigzag: Int64(bitPattern: $0)) } : values
        _ = weigh(plain, IntegerMode(.none))
        if isConstant { return }
        if isSigned, values.allSatisfy({ $0 >> 63 == 0 }) { _ = weigh(values, IntegerMode(.natural)) }
        var last: UInt64 = 0
        var isRising = true
        let steps = values.map { value in
            defer { last = value }
            isRising = isRising && value >= last
            return value &- last
        }
        if isRising {
            _ = weigh(steps, IntegerMode(.rising))
        } else {
            _ = weigh(steps.map { UInt64(zigzag: Int64(bitPattern: $0)) }, IntegerMode(.previous))
        }
    }

    private var isConstant: Bool { mode.isSparse && cost < (64 << 8) }

    mutating func consider(_ hints: IntegerHints, _ scale: Scale) {
        if isConstant { return }
        if let companions = hints.companions { consider(companions, hints.companionCount) }
        if let amounts = hints.amounts {
            for divisor in Self.divisors {
                let predictions = amounts.map { scale.prediction(amount: $0, divisor: divisor) }
                if weigh(predictions, of: hints.owners, IntegerMode(.amount)) { self.divisor = divisor }
            }
        }
        if let peers = hints.peers {
            _ = weigh(peers.map { scale.divide($0) }, of: hints.owners, IntegerMode(.peer))
        }
        considerDictionary()
    }

    private mutating func consider(_ companions: [UInt32], _ count: Int) {
        var lasts = [UInt64](repeating: 0, count: count)
        var residuals: [UInt64] = []
        residuals.reserveCapacity(values.count)
        for (index, value) in values.enumerated() {
            let companion = Int(companions[index])
            residuals.append(value.residual(after: lasts[companion]))
            lasts[companion] = value
        }
        _ = weigh(residuals, IntegerMode(.companion))
    }

    private mutating func considerDictionary() {
        guard values.count >= 16, let dictionary = RankedValues(of: values, limit: values.count / 2) else { return }
        var (gaps, levels) = (CostEstimate(), CostEstimate())
        var last: UInt64 = 0
        for value in dictionary.values {
            gaps.add(value &- last)
            last = value
        }
        for level in dictionary.levels { levels.add(level) }
        let mode = IntegerMode(.dictionary)
        if weigh(dictionary.ranks(of: values), mode, besides: gaps.cost + levels.cost) { self.dictionary = dictionary }
    }

    private mutating func weigh(_ predictions: [UInt64], of owners: [UInt32], _ mode: IntegerMode) -> Bool {
        var residuals: [UInt64] = []
        residuals.reserveCapacity(values.count)
        for (index, value) in values.enumerated() {
            residuals.append(value.residual(after: predictions[Int(owners[index])]))
        }
        return weigh(residuals, mode)
    }

    /// - Returns: whether this is the best way so far.
    private mutating func weigh(_ residuals: [UInt64], _ mode: IntegerMode, besides extra: UInt64 = 0) -> Bool {
        var estimate = CostEstimate()
        for residual in residuals { estimate.add(residual) }
        var (mode, cost, base) = (mode, estimate.cost, UInt64(0))
        var commonest = estimate.commonest
        if commonest.count == 0, residuals.allSatisfy({ $0 == residuals[0] }) {
            commonest = (residuals[0], UInt64(residuals.count))
        }
        if commonest.count * 2 > UInt64(residuals.count) {
            let sparseCost = Self.sparseCost(of: residuals, base: commonest.value)
            if sparseCost < cost { (mode.isSparse, cost, base) = (true, sparseCost, commonest.value) }
        }
        guard cost + extra < self.cost else { return false }
        (self.cost, self.mode, self.residuals, sparseBase) = (cost + extra, mode, residuals, base)
        return true
    }

    private static func sparseCost(of residuals: [UInt64], base: UInt64) -> UInt64 {
        var (runs, exceptions) = (CostEstimate(), CostEstimate())
        var last = -1
        for (index, residual) in residuals.enumerated() where residual != base {
            runs.add(UInt64(index - last - 1))
            exceptions.add(residual < base ? residual : residual - 1)
            last = index
        }
        return runs.cost + exceptions.cost + (16 << 8)
    }
}
