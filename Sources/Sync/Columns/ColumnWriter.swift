internal import CRDT

/// Writes the columns of a piece: tokens and bytes that zstd will see, and bits that it will not.
struct ColumnWriter {
    var tokens = ByteWriter(reservingCapacity: 1 << 16)
    var bits = BitWriter()
    /// Where large columns begin and end: zstd's statistics are better apart there.
    private(set) var cuts: [Int] = []

    /// What is worth statistics of its own.
    private static let largeColumn = 1024

    mutating func removeAll() {
        tokens.bytes.removeAll(keepingCapacity: true)
        bits.removeAll()
        cuts.removeAll(keepingCapacity: true)
    }

    @inline(__always)
    mutating func write(number value: UInt64) {
        let token = Token.of(value)
        tokens.bytes.append(token)
        if token >= 128 { bits.write(value, count: Token.bits(after: token)) }
    }

    /// Writes a column under the mode that promises to be smallest.
    mutating func write(integers values: [UInt64], signed isSigned: Bool, _ hints: IntegerHints = .none) {
        write(ColumnChoice(values, signed: isSigned, hints))
    }

    mutating func write(_ choice: ColumnChoice) {
        guard choice.residuals.count >= IntegerMode.smallestCount else {
            for residual in choice.residuals { write(number: residual) }
            return
        }
        let start = tokens.count
        defer { if tokens.count - start >= Self.largeColumn { cuts += [start, tokens.count] } }
        tokens.write(byte: choice.mode.code)
        if choice.mode.isScaled { write(number: choice.scale.factor) }
        switch choice.mode.prediction {
        case .amount: write(number: choice.divisor)
        case .dictionary, .companionOrDictionary: write(dictionary: choice.dictionary, withLevels: true)
        case .peerRank: write(dictionary: choice.dictionary, withLevels: false)
        case .none, .previous, .companion, .peer, .rising, .natural, .step: break
        }
        write(residuals: choice.residuals, choice)
    }

    private mutating func write(residuals: [UInt64], _ choice: ColumnChoice) {
        guard choice.mode.isSparse else {
            tokens.bytes.reserveCapacity(tokens.count + residuals.count)
            for residual in residuals { write(number: residual) }
            return
        }
        let base = choice.sparseBase
        write(number: base)
        var (runs, exceptions): ([UInt64], [UInt64]) = ([], [])
        var last = -1
        for (index, residual) in residuals.enumerated() where residual != base {
            runs.append(UInt64(index - last - 1))
            exceptions.append(residual < base ? residual : residual - 1)
            last = index
        }
        write(number: UInt64(runs.count))
        for run in runs { write(number: run) }
        for exception in exceptions { write(number: exception) }
    }

    /// The distinct values ascending, by their gaps, then the class of each: the width of the number of its uses.
    private mutating func write(dictionary: RankedValues, withLevels: Bool) {
        write(number: UInt64(dictionary.values.count))
        var last: UInt64 = 0
        for value in dictionary.values {
            write(number: value &- last)
            last = value
        }
        if withLevels { for level in dictionary.levels { write(number: level) } }
    }
}
