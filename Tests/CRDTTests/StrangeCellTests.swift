import CRDT
import Testing

/// Every view on cells that some other version, or someone hostile, wrote.
@Suite struct StrangeCellTests {
    @Test(.optimized) func `cells of any shape are read without a trap by every view`() {
        readStrangeCells(20_000)
    }

    @Test(.tags(.sanitized)) func `cells of any shape are read without a trap in a quick run`() {
        readStrangeCells(300)
    }

    private func readStrangeCells(_ count: Int) {
        SeededRandom.forEachSeed(count) { random in
            var cells: [Cell] = []
            for number in 1...3 as ClosedRange<UInt64> {
                let dot = Dot(origin: Origin(rawValue: number), sequence: 1 + random.next() >> 1)
                let version = Version(dot: dot, stamp: HLC(rawValue: random.anyLength()))
                var group = random.group(at: version, upTo: 6)
                let row = Cell(slot: SlotKey(field: 1), dot: dot, stamp: version.stamp, content: .value(.bytes(random.row())))
                group.removeAll { $0.slot == row.slot }
                cells += group + [row]
            }
            let record = Record(sortedCells: cells.sorted { ($0.slot, $0.dot) < ($1.slot, $1.dot) })
            record.checkInvariants()
            for field in Set(cells.map(\.slot.field)) { try read(record, field) }
        }
    }

    private func read(_ record: Record, _ field: UInt32) throws {
        let counter = record.counter(field)
        try expectEqual(
            counter.value, Int64(counter.increments) - Int64(counter.decrements), "a counter is what was added less taken")
        let run = Run(origin: Origin(rawValue: 1), high: 1, low: 1)
        let facts = record.facts(field) { _ in run }
        guard zip(facts, facts.dropFirst()).allSatisfy({ $0.id < $1.id }) else { throw Mismatch("facts out of order") }
        for slot in record.slots(ofField: field) { _ = record.register(slot) }
        let progress = record.progress(field, in: ProgressSpecification.lattice)
        try expectEqual(progress.isBranched, progress.heads.count > 1, "branch")

        let escrow = record.escrow(field)
        guard escrow.inUse <= Limits.magnitude * 3, escrow.minted <= Limits.magnitude * 3 else {
            throw Mismatch("a row beyond the limits was read: \(escrow)")
        }
        for origin in (1...3).map({ Origin(rawValue: $0) }) {
            var changed = record
            let version = Version(dot: Dot(origin: origin, sequence: .max), stamp: .none)
            let rights = escrow.rights(of: origin)
            guard (try? changed.mint(1, in: field, at: version)) != nil else { continue }
            try expectEqual(changed.escrow(field).rights(of: origin), rights + 1, "rights after minting one")
        }
    }
}

extension SeededRandom {
    /// The bytes of an escrow row, good or garbled.
    fileprivate mutating func row() -> [UInt8] {
        var writer = ByteWriter()
        let most = chance(50) ? Limits.magnitude : 9
        for total in [most, most, UInt64(below(10))] { writer.write(varint: total) }
        for _ in 0..<2 {
            let count = UInt64(below(3))
            writer.write(varint: count)
            for origin in 0..<count {
                writer.write(fixed64: origin + 1)
                writer.write(varint: chance(50) ? Limits.magnitude : anyLength())
            }
        }
        if chance(50) {
            writer.write(varint: anyLength())
            writer.write(fixed64: UInt64(1 + below(3)))
            writer.write(varint: anyLength())
        }
        let harmCount = max(0, below(6) - 3)
        for _ in 0..<harmCount { mutate(&writer.bytes, splicing: [0xFF]) }
        return writer.bytes
    }
}
