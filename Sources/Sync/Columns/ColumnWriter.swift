internal import CRDT

/// Writes the columns of a piece: tokens and bytes that zstd will see, and bits that it will not.
struct ColumnWriter {
    var tokens = ByteWriter(reservingCapacity: 1 << 16)
    var bits = BitWriter()

    mutating func removeAll() {
        tokens.bytes.removeAll(keepingCapacity: true)
        bits.removeAll()
    }

    @inline(__always)
    mutating func write(number value: UInt64) {
        let token = Token.of(value)
        tokens.bytes.append(token)
        if token >= 128 { bits.write(value, count: Token.bits(after: token)) }
    }

    /// Writes a column under the mode that promises to be smallest.
    mutating func write(integers values: [UInt64], signed isSigned: Bool, _ hints: IntegerHints = .none) {
        guard values.count >= IntegerMode.smallestCount else {
            for value in values { write(number: isSigned ? UInt64(zigzag: Int64(bitPattern: value)) : value) }
            return
        }
        let scale = Scale(factor: Scale.factor(of: values, isSigned: isSigned), isSigned: isSigned)
        var scaled = values
        if scale.factor > 1 { for index in scaled.indices { scaled[index] = scale.divide(scaled[index]) } }
        var choice = ColumnChoice(scaled, isSigned: isSigned)
        choice.consider(hints, scale)
        choice.mode.isScaled = scale.factor > 1
        tokens.write(byte: choice.mode.code)
        if scale.factor > 1 { write(number: scale.factor) }
        if choice.mode.prediction == .amount { write(number: choice.divisor) }
        if choice.mode.prediction == .dictionary { write(dictionary: choice.dictionary) }
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
    private mutating func write(dictionary: RankedValues) {
        write(number: UInt64(dictionary.values.count))
        var last: UInt64 = 0
        for value in dictionary.values {
            write(number: value &- last)
            last = value
        }
        for level in dictionary.levels { write(number: level) }
    }
}
