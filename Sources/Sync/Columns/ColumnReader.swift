internal import CRDT

/// Reads the columns of a piece. Every count is known before its column is read, and bounded by `PieceLimits`.
struct ColumnReader {
    var tokens: ByteReader
    private var bits: BitReader

    init(tokens: UnsafeRawBufferPointer, bits: UnsafeRawBufferPointer) {
        self.tokens = ByteReader(tokens)
        self.bits = BitReader(bits)
    }

    @inline(__always)
    mutating func readNumber() throws(CodecError) -> UInt64 {
        let token = try tokens.readByte()
        return token < 128 ? UInt64(token) : try readLarge(token)
    }

    private mutating func readLarge(_ token: UInt8) throws(CodecError) -> UInt64 {
        guard Int(token) < Token.count else { throw .unknownCode(UInt64(token), offset: tokens.offset - 1) }
        let count = Token.bits(after: token)
        guard let low = bits.read(count: count) else { throw .truncated(offset: tokens.offset - 1) }
        return (2 | UInt64(token & 1)) << UInt64(count) | low
    }

    mutating func readCount(limit: Int) throws(CodecError) -> Int {
        let start = tokens.offset
        let count = try readNumber()
        guard count <= UInt64(limit) else { throw .oversized(count, limit: UInt64(limit), offset: start) }
        return Int(count)
    }

    func expectEnd() throws(CodecError) {
        try tokens.expectEnd()
        guard bits.isAtEnd else { throw .trailing(offset: tokens.offset) }
    }

    mutating func readIntegers(
        _ count: Int, signed isSigned: Bool, _ hints: IntegerHints = .none
    ) throws(CodecError) -> [UInt64] {
        guard count >= IntegerMode.smallestCount else {
            var values: [UInt64] = []
            for _ in 0..<count {
                let number = try readNumber()
                values.append(isSigned ? UInt64(bitPattern: number.unzigzagged) : number)
            }
            return values
        }
        let start = tokens.offset
        let code = try tokens.readByte()
        guard let mode = IntegerMode(code: code) else { throw .unknownCode(UInt64(code), offset: start) }
        var scale = Scale(factor: 1, isSigned: isSigned)
        if mode.isScaled {
            scale = Scale(factor: try readNumber(), isSigned: isSigned)
            guard (2...1 << 62).contains(scale.factor) else { throw .notCanonical(offset: start) }
        }
        var values = try readPredicted(count, mode, scale, hints)
        guard mode.isScaled else { return values }
        for index in values.indices {
            guard let value = scale.multiply(values[index]) else { throw .outOfRange(offset: start) }
            values[index] = value
        }
        return values
    }

    private mutating func readPredicted(
        _ count: Int, _ mode: IntegerMode, _ scale: Scale, _ hints: IntegerHints
    ) throws(CodecError) -> [UInt64] {
        let start = tokens.offset - 1
        switch mode.prediction {
        case .none:
            var values = try readResiduals(count, mode)
            if scale.isSigned {
                for index in values.indices { values[index] = UInt64(bitPattern: values[index].unzigzagged) }
            }
            return values
        case .previous:
            var values = try readResiduals(count, mode)
            var last: UInt64 = 0
            for index in values.indices {
                last = values[index].value(after: last)
                values[index] = last
            }
            return values
        case .rising:
            var values = try readResiduals(count, mode)
            var last: UInt64 = 0
            for index in values.indices {
                let (value, overflows) = last.addingReportingOverflow(values[index])
                guard !overflows else { throw .outOfRange(offset: start) }
                values[index] = value
                last = value
            }
            return values
        case .natural:
            guard scale.isSigned else { throw .unknownCode(7, offset: start) }
            return try readResiduals(count, mode)
        case .dictionary: return try readRanked(count, mode)
        case .companion:
            guard let companions = hints.companions else { throw .unknownCode(3, offset: start) }
            var values = try readResiduals(count, mode)
            var lasts = [UInt64](repeating: 0, count: hints.companionCount)
            for index in values.indices {
                let companion = Int(companions[index])
                values[index] = values[index].value(after: lasts[companion])
                lasts[companion] = values[index]
            }
            return values
        case .amount:
            guard let amounts = hints.amounts else { throw .unknownCode(4, offset: start) }
            let divisor = try readNumber()
            guard (1...1 << 62).contains(divisor) else { throw .outOfRange(offset: start) }
            let predictions = amounts.map { scale.prediction(amount: $0, divisor: divisor) }
            return try readPredicted(count, mode, predictions, hints.owners)
        case .peer:
            guard let peers = hints.peers else { throw .unknownCode(5, offset: start) }
            return try readPredicted(count, mode, peers.map { scale.divide($0) }, hints.owners)
        }
    }

    private mutating func readPredicted(
        _ count: Int, _ mode: IntegerMode, _ predictions: [UInt64], _ owners: [UInt32]
    ) throws(CodecError) -> [UInt64] {
        var values = try readResiduals(count, mode)
        for index in values.indices { values[index] = values[index].value(after: predictions[Int(owners[index])]) }
        return values
    }

    private mutating func readResiduals(_ count: Int, _ mode: IntegerMode) throws(CodecError) -> [UInt64] {
        guard mode.isSparse else {
            guard count <= tokens.remaining else { throw .truncated(offset: tokens.bytes.count) }
            var residuals: [UInt64] = []
            residuals.reserveCapacity(count)
            for _ in 0..<count { residuals.append(try readNumber()) }
            return residuals
        }
        let start = tokens.offset
        let base = try readNumber()
        var residuals = [UInt64](repeating: base, count: count)
        let exceptions = try readCount(limit: count)
        var places: [Int] = []
        places.reserveCapacity(min(exceptions, tokens.remaining))
        var next = 0
        for _ in 0..<exceptions {
            let run = try readNumber()
            guard run < UInt64(count - next) else { throw .outOfRange(offset: start) }
            places.append(next + Int(run))
            next += Int(run) + 1
        }
        for place in places {
            let exception = try readNumber()
            guard exception < .max else { throw .outOfRange(offset: start) }
            residuals[place] = exception < base ? exception : exception + 1
        }
        return residuals
    }

    private mutating func readRanked(_ count: Int, _ mode: IntegerMode) throws(CodecError) -> [UInt64] {
        let start = tokens.offset
        let distinct = try readCount(limit: min(count, tokens.remaining))
        var values: [UInt64] = []
        values.reserveCapacity(distinct)
        for index in 0..<distinct {
            let gap = try readNumber()
            let (value, overflows) = (values.last ?? 0).addingReportingOverflow(gap)
            guard !overflows, index == 0 || gap > 0 else { throw .notCanonical(offset: start) }
            values.append(value)
        }
        let order = RankedValues.order(of: try readLevels(distinct))
        let ranked = order.map { values[Int($0)] }
        var column = try readResiduals(count, mode)
        for index in column.indices {
            guard column[index] < UInt64(distinct) else { throw .outOfRange(offset: start) }
            column[index] = ranked[Int(column[index])]
        }
        return column
    }

    mutating func readLevels(_ count: Int) throws(CodecError) -> [UInt64] {
        let start = tokens.offset
        guard count <= tokens.remaining else { throw .truncated(offset: tokens.bytes.count) }
        var levels: [UInt64] = []
        levels.reserveCapacity(count)
        for _ in 0..<count {
            let level = try readNumber()
            guard level < RankedValues.levelLimit else { throw .outOfRange(offset: start) }
            levels.append(level)
        }
        return levels
    }
}
