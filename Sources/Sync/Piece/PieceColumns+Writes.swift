internal import CRDT

extension PieceColumns {
    /// Origins, milliseconds and counters by class, then the sequences.
    mutating func readWrites(_ reader: inout ColumnReader, originCount: Int) throws(CodecError) {
        var columns: [WriteColumns] = []
        columns.reserveCapacity(classes.count)
        for cellClass in classes {
            let start = reader.tokens.offset
            let count = cellClass.writeCount
            let column = WriteColumns(
                origins: try reader.readIntegers(count, signed: false),
                milliseconds: try reader.readIntegers(count, signed: true),
                counters: try reader.readIntegers(count, signed: false))
            guard column.origins.allSatisfy({ $0 < UInt64(originCount) }), column.counters.allSatisfy({ $0 < 1 << 16 })
            else { throw .outOfRange(offset: start) }
            columns.append(column)
        }
        try placeWrites(columns, at: reader.tokens.offset)
        try readSequences(&reader)
    }

    private struct WriteColumns {
        var origins: [UInt64]
        var milliseconds: [UInt64]
        var counters: [UInt64]
        var next = 0
    }

    /// Calls `visit` with the class of each write, in the order in which the records name them.
    private func forEachWrite(_ visit: (_ classNumber: Int, _ isFirst: Bool) throws(CodecError) -> Void) throws(CodecError) {
        var cursors = [Int](repeating: 0, count: classes.count)
        for record in shapes.indices {
            var isFirst = true
            for step in steps[steps(ofRecord: record)] {
                let number = step.classNumber
                var count = 1
                if classes[number].cellClass.repeats {
                    count += Int(classes[number].repeats[cursors[number]])
                    cursors[number] += 1
                }
                guard step.write == ShapeTrie.WriteCode.new else { continue }
                for _ in 0..<count {
                    try visit(number, isFirst)
                    isFirst = false
                }
            }
        }
    }

    private mutating func placeWrites(_ columns: [WriteColumns], at offset: Int) throws(CodecError) {
        let count = columns.reduce(0) { $0 + $1.origins.count }
        var (writes, columns) = (Writes(), columns)
        writes.origins.reserveCapacity(count)
        writes.stamps.reserveCapacity(count)
        var (last, lastFirst): (UInt64, UInt64) = (0, 0)
        try forEachWrite { (number, isFirst) throws(CodecError) in
            let place = columns[number].next
            columns[number].next += 1
            last = columns[number].milliseconds[place] &+ (isFirst ? lastFirst : last)
            guard last < 1 << 48 else { throw .outOfRange(offset: offset) }
            if isFirst { lastFirst = last }
            writes.origins.append(columns[number].origins[place])
            writes.stamps.append(last << 16 | columns[number].counters[place])
        }
        self.writes = writes
    }

    private mutating func readSequences(_ reader: inout ColumnReader) throws(CodecError) {
        let order = RecordWrites.stampedOrder(origins: writes.origins, stamps: writes.stamps)
        let steps = try reader.readIntegers(order.count, signed: true)
        writes.sequences = [UInt64](repeating: 0, count: writes.origins.count)
        var last = (origin: UInt64.max, sequence: UInt64(0))
        for (step, place) in zip(steps, order) {
            if writes.origins[place] != last.origin { last = (writes.origins[place], 0) }
            last.sequence &+= step
            writes.sequences[place] = last.sequence
        }
        try readUnstamped(&reader)
    }

    private mutating func readUnstamped(_ reader: inout ColumnReader) throws(CodecError) {
        var places = [[Int]](repeating: [], count: classes.count)
        var owners = [[UInt32]](repeating: [], count: classes.count)
        var (place, record) = (0, -1)
        try forEachWrite { (number, isFirst) throws(CodecError) in
            if isFirst { record += 1 }
            if writes.stamps[place] == 0 {
                places[number].append(place)
                owners[number].append(UInt32(record))
            }
            place += 1
        }
        var peers = [UInt64](repeating: 0, count: shapes.count)
        for number in classes.indices {
            let hints = IntegerHints(peers: peers, owners: owners[number])
            let sequences = try reader.readIntegers(places[number].count, signed: false, hints)
            for (index, sequence) in sequences.enumerated() {
                writes.sequences[places[number][index]] = sequence
                peers[Int(owners[number][index])] = sequence
            }
        }
    }
}
