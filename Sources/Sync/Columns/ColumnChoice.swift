/// Tries the ways to write a column and keeps the one that promises to be smallest; of equals the first.
struct ColumnChoice {
    let scale: Scale
    private let values: [UInt64]
    private(set) var mode = IntegerMode(.none)
    private(set) var residuals: [UInt64] = []
    private(set) var sparseBase: UInt64 = 0
    private(set) var divisor: UInt64 = 1
    private(set) var dictionary = RankedValues()
    /// In 256ths of a bit.
    private(set) var cost = UInt64.max

    /// Divisors of a record's amount that are tried: points are often a part of the money.
    private static let divisors: [UInt64] = [1, 10, 100, 1000]

    init(_ column: [UInt64], signed isSigned: Bool, _ hints: IntegerHints = .none) {
        let factor = column.count < IntegerMode.smallestCount ? 1 : Scale.factor(of: column, isSigned: isSigned)
        scale = Scale(factor: factor, isSigned: isSigned)
        var values = column
        if scale.factor > 1 { for index in values.indices { values[index] = scale.divide(values[index]) } }
        self.values = values
        let plain = isSigned ? values.map { UInt64(zigzag: Int64(bitPattern: $0)) } : values
        guard column.count >= IntegerMode.smallestCount else {
            (residuals, cost) = (plain, UInt64(column.count) << 11)
            return
        }
        _ = weigh(plain, IntegerMode(.none))
        considerNeighbours(isSigned: isSigned)
        consider(hints)
        mode.isScaled = scale.factor > 1
    }

    private mutating func considerNeighbours(isSigned: Bool) {
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

    private mutating func consider(_ hints: IntegerHints) {
        if isConstant { return }
        if let owners = hints.owners { considerSteps(owners) }
        if let companions = hints.companions { considerCompanions(companions, hints.companionCount) }
        if let amounts = hints.amounts, let owners = hints.owners {
            for divisor in Self.divisors {
                let predictions = owners.map { scale.prediction(amount: amounts[Int($0)], divisor: divisor) }
                if weigh(predictions: predictions, IntegerMode(.amount)) { self.divisor = divisor }
            }
        }
        if let peers = hints.peers, let owners = hints.owners {
            let predictions = owners.map { scale.divide(peers[Int($0)]) }
            _ = weigh(predictions: predictions, IntegerMode(.peer))
            considerPeerRanks(predictions)
        }
        considerDictionary()
    }

    private mutating func considerSteps(_ owners: [UInt32]) {
        guard values.count == owners.count, values.count > 0 else { return }
        var steps: [UInt64] = [values[0]]
        steps.reserveCapacity(values.count)
        for index in 1..<values.count {
            let isSame = owners[index] == owners[index - 1]
            if isSame, values[index] < values[index - 1] { return }
            steps.append(isSame ? values[index] - values[index - 1] : values[index])
        }
        _ = weigh(steps, IntegerMode(.step))
    }

    private mutating func considerCompanions(_ companions: [UInt32], _ count: Int) {
        var lasts = [UInt64](repeating: 0, count: count)
        var hasLast = [Bool](repeating: false, count: count)
        var residuals: [UInt64] = []
        residuals.reserveCapacity(values.count)
        var others: [UInt64] = []
        var isLast: [Bool] = []
        isLast.reserveCapacity(values.count)
        for (index, value) in values.enumerated() {
            let companion = Int(companions[index])
            residuals.append(value.residual(after: lasts[companion]))
            isLast.append(hasLast[companion] && value == lasts[companion])
            if !isLast[index] { others.append(value) }
            (lasts[companion], hasLast[companion]) = (value, true)
        }
        _ = weigh(residuals, IntegerMode(.companion))
        guard let dictionary = RankedValues(of: others) else { return }
        let ranks = dictionary.ranks(of: others)
        var next = 0
        for index in values.indices {
            residuals[index] = isLast[index] ? 0 : ranks[next] + 1
            if !isLast[index] { next += 1 }
        }
        let mode = IntegerMode(.companionOrDictionary)
        if weigh(residuals, mode, besides: dictionary.cost(withLevels: true)) { self.dictionary = dictionary }
    }

    private mutating func considerPeerRanks(_ peers: [UInt64]) {
        guard let dictionary = RankedValues(of: values) else { return }
        var residuals: [UInt64] = []
        residuals.reserveCapacity(values.count)
        for (index, value) in values.enumerated() {
            let peer = RankedValues.countUp(to: peers[index], in: dictionary.values)
            let place = RankedValues.countUp(to: value, in: dictionary.values)
            residuals.append(UInt64(zigzag: Int64(peer - place)))
        }
        let mode = IntegerMode(.peerRank)
        if weigh(residuals, mode, besides: dictionary.cost(withLevels: false)) { self.dictionary = dictionary }
    }

    private mutating func considerDictionary() {
        guard let dictionary = RankedValues(of: values) else { return }
        let mode = IntegerMode(.dictionary)
        if weigh(dictionary.ranks(of: values), mode, besides: dictionary.cost(withLevels: true)) {
            self.dictionary = dictionary
        }
    }

    private mutating func weigh(predictions: [UInt64], _ mode: IntegerMode) -> Bool {
        var residuals: [UInt64] = []
        residuals.reserveCapacity(values.count)
        for (index, value) in values.enumerated() {
            residuals.append(value.residual(after: predictions[index]))
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
