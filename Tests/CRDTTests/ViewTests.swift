import CRDT
import Testing

/// Single views at their edges.
@Suite(.tags(.sanitized)) struct ViewTests {
    private let lattice = ProgressSpecification.lattice
    private var one = TestReplica(1)
    private var two = TestReplica(2)

    @Test mutating func `a cancel and a settlement on two islands leave a branch until someone files both`() throws {
        try move(&one, to: 10)
        try two.pull(from: one)
        try move(&one, to: 30)
        try move(&two, to: 20)
        try move(&two, to: 25)
        try one.pull(from: two)
        try two.pull(from: one)
        for replica in [one, two] {
            let progress = replica.records[0].progress(3, in: lattice)
            #expect(progress.heads == [25, 30])
            #expect(progress.isBranched)
            #expect(progress.joined == 40)
        }
        try move(&one, to: 40)
        try two.pull(from: one)
        #expect(two.records[0].progress(3, in: lattice).heads == [40])
        #expect(throws: ProgressError.goesBack(from: 40, to: 25)) { try move(&two, to: 25) }
        #expect(throws: ProgressError.goesBack(from: 40, to: 40)) { try move(&two, to: 40) }
    }

    /// The second one once took the first one's place, unseen by the lattice.
    @Test mutating func `one transaction does not go two ways`() throws {
        try move(&one, to: 10)
        #expect(throws: ProgressError.diverges(from: 20, to: 30)) {
            try one.write { record, version in
                try record.advance(3, to: 20, in: lattice, at: version)
                try record.advance(3, to: 30, in: lattice, at: version)
            }
        }
        #expect(one.records[0].progress(3, in: lattice).heads == [20])
        try two.write { record, version in
            for state: Int64 in [10, 20, 25] { try record.advance(3, to: state, in: lattice, at: version) }
        }
        #expect(two.records[0].progress(3, in: lattice).heads == [25])
    }

    @Test func `an inbox offers each value once, under its highest stamp`() {
        let cells = [(1, 5, 7), (2, 9, 8), (3, 4, 7), (4, 3, 9), (5, 6, 9), (6, 8, 8)].map { origin, stamp, value in
            Cell(
                slot: SlotKey(field: 1), dot: Dot(origin: Origin(rawValue: UInt64(origin)), sequence: 1),
                stamp: HLC(milliseconds: Int64(stamp)), content: .value(.integer(Int64(value))))
        }
        let register = Record(sortedCells: cells).register(SlotKey(field: 1))
        #expect(register?.value == .integer(8))
        #expect(register?.losers.map(\.value) == [.integer(9), .integer(7)])
        #expect(register?.losers.map(\.stamp.milliseconds) == [6, 5])
    }

    @Test mutating func `a state that this version does not know is kept and joins with nothing`() throws {
        let newer = Lattice(lattice.states + [.init(60, "audited", follows: [30])])
        try move(&one, to: 30)
        try one.write { record, version in try record.advance(3, to: 60, in: newer, at: version) }
        #expect(one.records[0].progress(3, in: lattice).heads == [60])
        #expect(one.records[0].progress(3, in: lattice).joined == nil)
        #expect(throws: ProgressError.unknownState(60)) { try move(&one, to: 60) }
        try move(&one, to: 50)
        #expect(one.records[0].progress(3, in: lattice).heads == [50, 60])
    }

    @Test mutating func `a count beyond the magnitude is an error before it is written`() throws {
        try one.write { record, version in try record.count(Int64(Limits.magnitude), in: 1, at: version) }
        let before = one.records
        for amount: Int64 in [1, .max] {
            #expect(throws: CountError.self) {
                try one.write { record, version in try record.count(amount, in: 1, at: version) }
            }
        }
        #expect(throws: CountError.overflow(counted: 0, adding: 1 << 63, limit: Limits.magnitude)) {
            try one.write { record, version in try record.count(.min, in: 1, at: version) }
        }
        #expect(one.records == before)
        try one.write { record, version in try record.count(-Int64(Limits.magnitude), in: 1, at: version) }
        #expect(one.records[0].counter(1).value == 0)
    }

    /// A share stated outright once went unchecked: reading it took the process down, and no peer could decode it.
    @Test func `a share stated beyond the magnitude is an error before it is written`() {
        var record = Record()
        let version = Version(dot: Dot(origin: one.origin, sequence: 1), stamp: .none)
        for share in [Count(increments: .max), Count(decrements: Limits.magnitude + 1)] {
            #expect(throws: CountError.self) { try record.setShare(share, in: 1, at: version) }
            #expect(throws: CountError.self) { try record.setShare(share, of: two.origin, in: 1, at: version) }
        }
        #expect(record.isEmpty)
        #expect(record.counter(1).value == 0)
    }

    @Test mutating func `an own share is recounted and a closed one stated by its successor`() throws {
        try one.write { record, version in try record.count(9, in: 1, at: version) }
        try one.write { record, version in try record.setShare(Count(increments: 7), in: 1, at: version) }
        #expect(one.records[0].counter(1).value == 7)
        try two.pull(from: one)
        for (recounted, value) in [(UInt64(5), Int64(7)), (8, 8)] {
            try two.write { record, version in
                try record.setShare(Count(increments: recounted), of: one.origin, in: 1, at: version)
            }
            #expect(two.records[0].counter(1).value == value)
        }
    }

    @Test func `a counter full of contributors at their limit does not overflow`() {
        let most = Count(increments: Limits.magnitude, decrements: 0)
        let cells = (1...UInt64(Limits.cellsPerRecord)).map { number in
            Cell(
                slot: SlotKey(field: 1), dot: Dot(origin: Origin(rawValue: number), sequence: 1), stamp: .none,
                content: .value(.count(most)))
        }
        #expect(Record(sortedCells: cells).counter(1).value == 1 << 62)
    }

    @Test mutating func `a slot written twice in one transaction holds what was said last`() throws {
        let slot = SlotKey(field: 1)
        one.write { record, version in
            record.assign(.integer(1), to: slot, at: version)
            record.remove(slot, at: version)
            record.assign(.integer(2), to: slot, at: version)
        }
        #expect(one.records[0].cells.map(\.value) == [.integer(2)])
        try two.pull(from: one)
        #expect(two.records == one.records)
    }

    @Test func `removing what was never there writes nothing`() {
        var record = Record()
        record.remove(SlotKey(field: 1), at: Version(dot: Dot(origin: one.origin, sequence: 1), stamp: .none))
        #expect(record.isEmpty)
    }

    private func move(_ replica: inout TestReplica, to state: Int64) throws {
        try replica.write { record, version in try record.advance(3, to: state, in: lattice, at: version) }
    }
}
