internal import CRDT

/// The columns of one piece as read: everything but the records themselves.
struct PieceColumns {
    struct Step {
        let classNumber: Int
        let write: UInt32
    }

    /// What was read of one class.
    struct Class {
        let cellClass: CellClass
        var items: [Item]
        var repeats: [UInt64] = []
        var indexes: [UInt64] = []
        var elements = TermColumn()
        /// By cell: its record.
        var owners: [UInt32] = []
        var writeCount = 0
    }

    struct Item {
        let code: UInt64
        var numbers: [UInt64] = []
        var decrements: [UInt64] = []
        var terms = TermColumn()
    }

    var classes: [Class] = []
    /// Steps of all shapes, and where each shape's begin; one more for the end.
    var steps: [Step] = []
    var shapeStarts: [Int] = []
    /// By record.
    var shapes: [UInt64] = []
    var keys: [(collection: UInt16, column: TermColumn)] = []
    var writes = Writes()
    var cellCount = 0

    struct Writes {
        var origins: [UInt64] = []
        var stamps: [UInt64] = []
        var sequences: [UInt64] = []
    }

    @inline(__always)
    func steps(ofRecord record: Int) -> Range<Int> {
        let shape = Int(shapes[record])
        return shapeStarts[shape]..<shapeStarts[shape + 1]
    }
}

extension PieceColumns {
    init(tokens: UnsafeRawBufferPointer, bits: UnsafeRawBufferPointer, originCount: Int) throws(CodecError) {
        var reader = ColumnReader(tokens: tokens, bits: bits)
        let recordCount = try reader.readCount(limit: PieceLimits.cells)
        let termClasses = try reader.readTermClasses()
        classes = try reader.readClasses().map { Class(cellClass: $0, items: $0.items.map { Item(code: $0) }) }
        try readShapes(recordCount, &reader)
        try readKeys(termClasses, &reader)
        try readRepeats(&reader)
        try readWrites(&reader, originCount: originCount)
        try readElements(termClasses, &reader)
        var contents = ContentReader(recordCount: recordCount, termClasses: termClasses)
        try contents.read(&self, &reader)
        try reader.expectEnd()
        guard contentBytes <= PieceLimits.contentBytes else {
            let limit = UInt64(PieceLimits.contentBytes)
            throw .oversized(UInt64(contentBytes), limit: limit, offset: reader.tokens.offset)
        }
    }

    private mutating func readShapes(_ recordCount: Int, _ reader: inout ColumnReader) throws(CodecError) {
        let shapeCount = try reader.readCount(limit: min(recordCount, reader.tokens.remaining))
        for _ in 0..<shapeCount {
            shapeStarts.append(steps.count)
            try readSteps(try reader.readCount(limit: Limits.cellsPerRecord), &reader)
        }
        shapeStarts.append(steps.count)
        let start = reader.tokens.offset
        shapes = try reader.readIntegers(recordCount, signed: false)
        var next: UInt64 = 0
        for shape in shapes {
            guard shape <= next, shape < UInt64(shapeCount) else { throw .notCanonical(offset: start) }
            if shape == next { next += 1 }
        }
        guard next == UInt64(shapeCount) else { throw .notCanonical(offset: start) }
    }

    private mutating func readSteps(_ count: Int, _ reader: inout ColumnReader) throws(CodecError) {
        let start = reader.tokens.offset
        guard count > 0 else { throw .notCanonical(offset: start) }
        var (number, isFirst, writeCount): (UInt64, Bool, UInt32) = (0, true, 0)
        for _ in 0..<count {
            let last = isFirst ? nil : steps.last
            number = try reader.readNumber().value(after: number)
            let write = try reader.readCount(limit: Limits.cellsPerRecord + 1)
            guard number < UInt64(classes.count) else { throw .outOfRange(offset: start) }
            let step = Step(classNumber: Int(number), write: UInt32(write))
            let cellClass = classes[step.classNumber].cellClass
            if let last {
                guard cellClass.collection == classes[last.classNumber].cellClass.collection else {
                    throw .notCanonical(offset: start)
                }
                // The step before would have gone on.
                if last.classNumber == step.classNumber, cellClass.repeats,
                    step.write == (last.write == ShapeTrie.WriteCode.new ? last.write : ShapeTrie.WriteCode.same)
                {
                    throw .notCanonical(offset: start)
                }
            } else if step.write != ShapeTrie.WriteCode.new || cellClass.element == CellClass.ElementCode.sameSlot {
                throw .notCanonical(offset: start)
            }
            writeCount += step.write == ShapeTrie.WriteCode.new ? 1 : 0
            steps.append(step)
            isFirst = false
        }
        guard steps.count <= PieceLimits.cells else {
            throw .oversized(UInt64(steps.count), limit: UInt64(PieceLimits.cells), offset: start)
        }
    }

    private mutating func readKeys(_ termClasses: [Identifier], _ reader: inout ColumnReader) throws(CodecError) {
        var start = 0
        while start < shapes.count {
            let collection = collection(ofRecord: start)
            var end = start
            while end < shapes.count, self.collection(ofRecord: end) == collection { end += 1 }
            if let last = keys.last, last.collection >= collection { throw .notCanonical(offset: reader.tokens.offset) }
            keys.append((collection, try reader.readDirectTerms(end - start, .identifier, termClasses)))
            start = end
        }
    }

    private func collection(ofRecord record: Int) -> UInt16 {
        classes[steps[steps(ofRecord: record).lowerBound].classNumber].cellClass.collection
    }

    /// How often each step repeats, and from that how many cells and writes there are.
    private mutating func readRepeats(_ reader: inout ColumnReader) throws(CodecError) {
        var uses = [Int](repeating: 0, count: classes.count)
        var stepCount = 0
        for record in shapes.indices {
            let range = steps(ofRecord: record)
            stepCount += range.count
            guard stepCount <= PieceLimits.cells else {
                throw .oversized(UInt64(stepCount), limit: UInt64(PieceLimits.cells), offset: reader.tokens.offset)
            }
            for step in steps[range] { uses[step.classNumber] += 1 }
        }
        for number in classes.indices where classes[number].cellClass.repeats {
            classes[number].repeats = try reader.readIntegers(uses[number], signed: false)
        }
        var (cursors, values) = ([Int](repeating: 0, count: classes.count), 0)
        for record in shapes.indices {
            var cells = 0
            for step in steps[steps(ofRecord: record)] {
                let number = step.classNumber
                var count = 1
                if classes[number].cellClass.repeats {
                    let repeats = classes[number].repeats[cursors[number]]
                    cursors[number] += 1
                    guard repeats < UInt64(Limits.cellsPerRecord) else {
                        let limit = UInt64(Limits.cellsPerRecord)
                        throw .oversized(repeats, limit: limit, offset: reader.tokens.offset)
                    }
                    count += Int(repeats)
                }
                cells += count
                values += count * (classes[number].items.count + 1)
                guard cells <= Limits.cellsPerRecord, values <= PieceLimits.values, cellCount + cells <= PieceLimits.cells
                else {
                    throw .oversized(UInt64(cells), limit: UInt64(Limits.cellsPerRecord), offset: reader.tokens.offset)
                }
                for _ in 0..<count { classes[number].owners.append(UInt32(truncatingIfNeeded: record)) }
                if step.write == ShapeTrie.WriteCode.new { classes[number].writeCount += count }
            }
            cellCount += cells
        }
    }
}
