internal import CRDT

/// Renaming a branch of a closed incarnation's transactions, in place.
extension Replica {
    /// A record's part of a renamed transaction, for the chain and the index.
    private struct Renamed {
        let key: RecordKey
        let body: [UInt8]
    }

    func rewrite(_ closed: Origin, in scope: Scope, beyond agreed: ChainPoint, upTo last: UInt64) throws {
        let keys = try takeKeys(of: closed, in: scope, beyond: agreed)
        let base = nextDot(in: scope).sequence - 1
        let collected = min(last, horizon(of: scope).sequence(of: closed))
        var renamed: [UInt64: [Renamed]] = [:]
        var stamp = HLC.none
        for key in keys {
            try withBytes(of: key) { bytes in
                let loaded = try loadRow(key, bytes)
                let cells = loaded.cells.flatMap { cell -> [Cell] in
                    guard cell.dot.origin == closed, cell.dot.sequence > agreed.sequence else { return [cell] }
                    stamp = max(stamp, cell.stamp)
                    let sequence = base + cell.dot.sequence - agreed.sequence
                    return rename(cell, Dot(origin: identity.origin, sequence: sequence), key)
                }
                let row = try encode(cells.sorted { ($0.slot, $0.dot) < ($1.slot, $1.dot) }, key, bytes)
                try store(row, bytes, replacing: loaded.row)
                for group in row.groups where group.dot.origin == identity.origin && group.dot.sequence > base {
                    renamed[group.dot.sequence, default: []].append(
                        Renamed(key: key, body: Array(row.bytes[group.body])))
                }
            }
        }
        settleDigests(of: scope)
        try deleteRuns(of: closed, in: scope, beyond: agreed.sequence)
        if !Mutants.isOn("salvaged-past-is-still-claimed") { changing(scope).lower(closed, to: agreed) }
        try forgetChain(of: closed, in: scope, beyond: agreed.sequence)
        try appendChain(renamed, in: scope, from: base + 1, upTo: base + last - agreed.sequence, stamp)
        if collected > agreed.sequence, !Mutants.isOn("marks-of-the-rewritten-are-missed") {
            // What they removed may be said by no mark any more: whoever lacks them is to get a whole state.
            let dot = VersionVector.Entry(origin: identity.origin, sequence: base + collected - agreed.sequence)
            try raiseHorizon(of: scope, by: VersionVector([dot]))
        }
        // A follower's cursor may cover the sequences that are free again.
        try requireRescan(of: scope, below: vector(of: scope))
    }

    /// What a cell becomes under the successor's dot.
    private func rename(_ cell: Cell, _ dot: Dot, _ key: RecordKey) -> [Cell] {
        var renamed = cell
        renamed.dot = dot
        guard let kind = schema[key.collection]?[cell.slot.field]?.kind, !cell.isMark else { return [renamed] }
        switch (kind, cell.slot.element) {
        case (.facts, .index(let index)):
            guard let run = scopes[key.scope]?.run(of: cell.dot), !Mutants.isOn("salvaged-facts-are-new-facts") else {
                return [renamed]
            }
            renamed.slot.element = FactID(run: run, sequence: cell.dot.sequence, index: index).element
            return [renamed]
        case (.counter, .none), (.escrow, .none):
            if Mutants.isOn("salvage-re-adds-counters") { return [renamed] }
            // A statement about the closed one's share; whatever peers hold as its own cell up to the agreed point gives way.
            let origin = cell.dot.origin
            renamed.slot.element = .index(origin.rawValue)
            if case .escrow = kind, origin.member != identity.member { renamed.slot.element = .witnessed(origin) }
            var mark = renamed
            mark.slot = cell.slot
            mark.content = .removed
            return [mark, renamed]
        default: return [renamed]
        }
    }

    /// Takes the index blocks beyond a point out of the index, and leaves what may belong to earlier transactions.
    private func takeKeys(of origin: Origin, in scope: Scope, beyond agreed: ChainPoint) throws -> [RecordKey] {
        var blocks: [ChangeBlock] = []
        try scanBlocks(of: origin, in: scope, beyond: agreed.sequence) { block in
            blocks.append(block)
            return true
        }
        let number = codec.origins.number(of: origin)
        for block in blocks { try tables.delete(.change, ChangeBlock.key(scope, number, block.last)) }
        let cut = blocks.filter { $0.first <= agreed.sequence }
        if agreed.sequence > 0, let first = cut.map(\.first).min() {
            let points = cut.flatMap(\.hashes).filter { $0.sequence <= agreed.sequence }
            let block = ChangeBlock(first: first, last: agreed.sequence, hashes: points, keys: cut.flatMap(\.keys))
            try save(block, of: origin, in: scope)
        }
        return Set(blocks.flatMap(\.keys)).sorted()
    }

    private func deleteRuns(of origin: Origin, in scope: Scope, beyond sequence: UInt64) throws {
        let number = codec.origins.number(of: origin)
        for span in scopes[scope]?.runs[origin] ?? [] where span.from > sequence {
            try tables.delete(.run, ChangeBlock.key(scope, number, span.from))
        }
    }

    /// Chains the renamed transactions behind this incarnation's own.
    private func appendChain(
        _ renamed: [UInt64: [Renamed]], in scope: Scope, from first: UInt64, upTo last: UInt64, _ stamp: HLC
    ) throws {
        var hash = scopes[scope]?.head(of: identity.origin).point.hash ?? .zero
        var points: [ChainPoint] = []
        var entries: [ChangeBlock.Entry] = []
        for sequence in first...last {
            var content = ByteWriter(reservingCapacity: 256)
            content.write(varint: sequence)
            content.write(hash: run)
            for part in renamed[sequence] ?? [] {
                withBytes(of: part.key) { content.write(counted: $0) }
                content.write(counted: part.body)
                entries.append(ChangeBlock.Entry(sequence: sequence, key: part.key))
            }
            hash = content.bytes.withUnsafeBytes { chainHasher.next(after: hash, $0) }
            points.append(ChainPoint(sequence: sequence, hash: hash))
        }
        for block in ChangeBlock.blocks(entries, points, covering: first...last) {
            try save(block, of: identity.origin, in: scope)
        }
        let dot = Dot(origin: identity.origin, sequence: first)
        let span = RunSpan(origin: identity.origin, from: first, high: run.high, low: run.low)
        if scopes[scope]?.run(of: dot) != span.run { try save(span, of: scope) }
        changing(scope).setPoint(ChainPoint(sequence: last, hash: hash), stamp: stamp, of: identity.origin)
    }
}
