internal import CRDT

extension ColumnReader {
    mutating func readPredicted(
        _ count: Int, _ mode: IntegerMode, _ scale: Scale, _ hints: IntegerHints, at start: Int
    ) throws(CodecError) -> [UInt64] {
        let unfit = CodecError.unknownCode(UInt64(mode.code), offset: start)
        switch mode.prediction {
        case .none:
            var values = try readResiduals(count, mode)
            if scale.isSigned {
                for index in values.indices { values[index] = UInt64(bitPattern: values[index].unzigzagged) }
            }
            return values
        case .natural:
            guard scale.isSigned else { throw unfit }
            return try readResiduals(count, mode)
        case .previous, .rising: return try readNeighbours(count, mode, at: start)
        case .step:
            guard let owners = hints.owners, owners.count == count else { throw unfit }
            return try readSteps(count, mode, owners, at: start)
        case .companion, .companionOrDictionary:
            guard let companions = hints.companions else { throw unfit }
            guard mode.prediction == .companion else {
                return try readCompanionsOrRanks(count, mode, companions, hints.companionCount)
            }
            var values = try readResiduals(count, mode)
            var lasts = [UInt64](repeating: 0, count: hints.companionCount)
            for index in values.indices {
                let companion = Int(companions[index])
                values[index] = values[index].value(after: lasts[companion])
                lasts[companion] = values[index]
            }
            return values
        case .dictionary: return try readRanked(count, mode)
        case .amount:
            guard let amounts = hints.amounts, let owners = hints.owners else { throw unfit }
            let divisor = try readNumber()
            guard (1...1 << 62).contains(divisor) else { throw .outOfRange(offset: start) }
            return try readNear(
                owners.map { scale.prediction(amount: amounts[Int($0)], divisor: divisor) }, count, mode)
        case .peer, .peerRank:
            guard let peers = hints.peers, let owners = hints.owners else { throw unfit }
            let predictions = owners.map { scale.divide(peers[Int($0)]) }
            return mode.prediction == .peer
                ? try readNear(predictions, count, mode) : try readPeerRanks(predictions, count, mode)
        }
    }

    private mutating func readNeighbours(_ count: Int, _ mode: IntegerMode, at start: Int) throws(CodecError) -> [UInt64] {
        var values = try readResiduals(count, mode)
        var last: UInt64 = 0
        for index in values.indices {
            if mode.prediction == .previous {
                last = values[index].value(after: last)
            } else {
                let (value, overflows) = last.addingReportingOverflow(values[index])
                guard !overflows else { throw .outOfRange(offset: start) }
                last = value
            }
            values[index] = last
        }
        return values
    }

    private mutating func readSteps(
        _ count: Int, _ mode: IntegerMode, _ owners: [UInt32], at start: Int
    ) throws(CodecError) -> [UInt64] {
        var values = try readResiduals(count, mode)
        for index in values.indices.dropFirst() where owners[index] == owners[index - 1] {
            let (value, overflows) = values[index - 1].addingReportingOverflow(values[index])
            guard !overflows else { throw .outOfRange(offset: start) }
            values[index] = value
        }
        return values
    }

    private mutating func readNear(
        _ predictions: [UInt64], _ count: Int, _ mode: IntegerMode
    ) throws(CodecError) -> [UInt64] {
        var values = try readResiduals(count, mode)
        for index in values.indices { values[index] = values[index].value(after: predictions[index]) }
        return values
    }

    private mutating func readResiduals(_ count: Int, _ mode: IntegerMode) throws(CodecError) -> [UInt64] {
        if mode.isSparse { return try readSparse(count) }
        guard count <= tokens.remaining else { throw .truncated(offset: tokens.bytes.count) }
        var residuals: [UInt64] = []
        residuals.reserveCapacity(count)
        for _ in 0..<count { residuals.append(try readNumber()) }
        return residuals
    }

    private mutating func readSparse(_ count: Int) throws(CodecError) -> [UInt64] {
        let start = tokens.offset
        let base = try readNumber()
        var residuals = [UInt64](repeating: base, count: count)
        let exceptions = try readCount(limit: min(count, tokens.remaining))
        var places: [Int] = []
        places.reserveCapacity(exceptions)
        var next = 0
        for _ in 0..<exceptions {
            let run = try readNumber()
            guard next < count, run < UInt64(count - next) else { throw .outOfRange(offset: start) }
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

    private mutating func readDistinct(_ count: Int) throws(CodecError) -> [UInt64] {
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
        return values
    }

    /// The distinct values by rank.
    private mutating func readDictionary(_ count: Int) throws(CodecError) -> [UInt64] {
        let values = try readDistinct(count)
        let start = tokens.offset
        guard values.count <= tokens.remaining else { throw .truncated(offset: tokens.bytes.count) }
        var levels: [UInt64] = []
        levels.reserveCapacity(values.count)
        for _ in values {
            let level = try readNumber()
            guard level < RankedValues.levelLimit else { throw .outOfRange(offset: start) }
            levels.append(level)
        }
        return RankedValues.order(of: levels).map { values[Int($0)] }
    }

    private mutating func readRanked(_ count: Int, _ mode: IntegerMode) throws(CodecError) -> [UInt64] {
        let start = tokens.offset
        let ranked = try readDictionary(count)
        var column = try readResiduals(count, mode)
        for index in column.indices {
            guard column[index] < UInt64(ranked.count) else { throw .outOfRange(offset: start) }
            column[index] = ranked[Int(column[index])]
        }
        return column
    }

    private mutating func readCompanionsOrRanks(
        _ count: Int, _ mode: IntegerMode, _ companions: [UInt32], _ companionCount: Int
    ) throws(CodecError) -> [UInt64] {
        let start = tokens.offset
        let ranked = try readDictionary(count)
        var column = try readResiduals(count, mode)
        var lasts = [UInt64](repeating: 0, count: companionCount)
        var hasLast = [Bool](repeating: false, count: companionCount)
        for index in column.indices {
            let companion = Int(companions[index])
            if column[index] == 0 {
                guard hasLast[companion] else { throw .outOfRange(offset: start) }
                column[index] = lasts[companion]
            } else {
                guard column[index] <= UInt64(ranked.count) else { throw .outOfRange(offset: start) }
                column[index] = ranked[Int(column[index]) - 1]
                (lasts[companion], hasLast[companion]) = (column[index], true)
            }
        }
        return column
    }

    private mutating func readPeerRanks(
        _ peers: [UInt64], _ count: Int, _ mode: IntegerMode
    ) throws(CodecError) -> [UInt64] {
        let start = tokens.offset
        let values = try readDistinct(count)
        var column = try readResiduals(count, mode)
        for index in column.indices {
            let peer = RankedValues.countUp(to: peers[index], in: values)
            let place = Int64(peer) &- column[index].unzigzagged
            guard place >= 1, place <= Int64(values.count) else { throw .outOfRange(offset: start) }
            column[index] = values[Int(place) - 1]
        }
        return column
    }
}
