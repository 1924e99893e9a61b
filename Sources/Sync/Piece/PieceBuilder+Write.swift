internal import CRDT

/// Writes the columns of a piece: the second half of encoding. The order is that of `Protocol/delta-encoding.md`.
extension PieceBuilder {
    mutating func write(into writer: inout ColumnWriter) {
        sortTermClasses()
        let order = trie.classes.indices.sorted { trie.classes[$0] < trie.classes[$1] }
        let classes = order.map { (cellClass: trie.classes[$0], columns: columns[$0]) }
        writer.write(number: UInt64(shapes.count))
        writeTermClasses(into: &writer)
        writer.write(classes: classes.map(\.cellClass))
        writeShapes(classOrder: order, into: &writer)
        writeKeys(into: &writer)
        for (cellClass, columns) in classes where cellClass.repeats { writer.write(integers: columns.repeats, signed: false) }
        writeWrites(classes.map(\.columns), into: &writer)
        writeElements(classes, into: &writer)
        writeContents(classes, into: &writer)
    }

    private func writeTermClasses(into writer: inout ColumnWriter) {
        writer.write(number: UInt64(pool.classes.count))
        for identifier in pool.classes { identifier.encodePrefix(into: &writer.tokens) }
    }

    /// Shapes in order of first use, then that of each record.
    private func writeShapes(classOrder: [Int], into writer: inout ColumnWriter) {
        var places = [UInt64](repeating: 0, count: classOrder.count)
        for (place, number) in classOrder.enumerated() { places[number] = UInt64(place) }
        let shapes = trie.shapes
        writer.write(number: UInt64(shapes.count))
        for steps in shapes {
            writer.write(number: UInt64(steps.count))
            var last: UInt64 = 0
            for step in steps {
                writer.write(number: places[step.classNumber].residual(after: last))
                writer.write(number: UInt64(step.write))
                last = places[step.classNumber]
            }
        }
        writer.write(integers: self.shapes, signed: false)
    }

    /// By collection.
    private func writeKeys(into writer: inout ColumnWriter) {
        var start = 0
        while start < keys.count {
            var end = start
            while end < keys.count, collections[end] == collections[start] { end += 1 }
            writer.write(DirectChoice(Array(keys[start..<end]), of: pool), of: pool)
            start = end
        }
    }

    private func writeWrites(_ classes: [ClassColumns], into writer: inout ColumnWriter) {
        for columns in classes {
            writer.write(integers: columns.writes.map { writes.origins[Int($0)] }, signed: false)
            writer.write(integers: columns.writes.map { writes.milliseconds[Int($0)] }, signed: true)
            writer.write(integers: columns.writes.map { writes.stamps[Int($0)] & 0xFFFF }, signed: false)
        }
        var steps: [UInt64] = []
        var last = (origin: UInt64.max, sequence: UInt64(0))
        for place in RecordWrites.stampedOrder(origins: writes.origins, stamps: writes.stamps) {
            if writes.origins[place] != last.origin { last = (writes.origins[place], 0) }
            steps.append(writes.sequences[place] &- last.sequence)
            last.sequence = writes.sequences[place]
        }
        writer.write(integers: steps, signed: true)
        var peers = [UInt64](repeating: 0, count: shapes.count)
        for columns in classes {
            let unstamped = columns.writes.filter { writes.stamps[Int($0)] == 0 }
            let hints = IntegerHints(peers: peers, owners: unstamped.map { writes.records[Int($0)] })
            writer.write(integers: unstamped.map { writes.sequences[Int($0)] }, signed: false, hints)
            for write in unstamped { peers[Int(writes.records[Int(write)])] = writes.sequences[Int(write)] }
        }
    }

    private func writeElements(
        _ classes: [(cellClass: CellClass, columns: ClassColumns)], into writer: inout ColumnWriter
    ) {
        for (cellClass, columns) in classes {
            switch cellClass.element {
            case CellClass.ElementCode.index: writer.write(integers: columns.indexes, signed: false)
            case CellClass.ElementCode.identifier, CellClass.ElementCode.bytes:
                writer.write(terms: columns.elements, of: pool, owners: columns.owners)
            default: break
            }
        }
    }

    /// Amounts first, because other columns are predicted from them.
    private func writeContents(
        _ classes: [(cellClass: CellClass, columns: ClassColumns)], into writer: inout ColumnWriter
    ) {
        var state = ContentState(
            echoes: [UInt32](repeating: .max, count: shapes.count), peers: [UInt64](repeating: 0, count: shapes.count),
            known: KnownTerms(termCount: pool.count))
        for (cellClass, columns) in classes where cellClass.isAmount {
            writeItems(of: columns, isTuple: true, amounts: nil, &state, into: &writer)
        }
        for (cellClass, columns) in classes where !cellClass.isAmount {
            let isTuple = cellClass.contentCode == CellClass.ContentCode.tuple
            writeItems(of: columns, isTuple: isTuple, amounts: hasAmounts ? amounts : nil, &state, into: &writer)
        }
    }

    /// What later classes of a record may be predicted from.
    private struct ContentState {
        var echoes: [UInt32]
        var peers: [UInt64]
        var known: KnownTerms
    }

    private func writeItems(
        of columns: ClassColumns, isTuple: Bool, amounts: [UInt64]?, _ state: inout ContentState,
        into writer: inout ColumnWriter
    ) {
        var hints = IntegerHints(owners: columns.owners)
        hints.amounts = amounts
        for (place, item) in columns.items.enumerated() {
            switch item.code {
            case CellClass.ContentCode.integer: writer.write(integers: item.numbers, signed: true, hints)
            case CellClass.ContentCode.moment: writer.write(integers: item.numbers, signed: true)
            case CellClass.ContentCode.count:
                var hints = IntegerHints(owners: columns.owners)
                hints.peers = isTuple ? nil : state.peers
                writer.write(integers: item.numbers, signed: false, hints)
                writer.write(integers: item.decrements, signed: false)
                guard !isTuple else { continue }
                for (owner, count) in zip(columns.owners, item.numbers) { state.peers[Int(owner)] = count }
            case CellClass.ContentCode.identifier:
                let echoes = columns.owners.map { state.echoes[Int($0)] }
                let ranks = writer.write(
                    terms: item.terms, of: pool, owners: columns.owners, echoes: echoes, known: state.known)
                _ = state.known.add(item.terms)
                if place == 0, isTuple, let ranks {
                    (hints.companions, hints.companionCount) = (ranks.ranks, ranks.count)
                }
                guard !isTuple else { continue }
                for (owner, term) in zip(columns.owners, item.terms) { state.echoes[Int(owner)] = term }
            case CellClass.ContentCode.text, CellClass.ContentCode.bytes:
                writer.write(terms: item.terms, of: pool, owners: columns.owners)
            default: break
            }
        }
    }
}
