import CRDT
import Testing

/// All kinds of writes at once, and cells in fields that no schema knows, for states to try the laws on.
private struct AnyWrite: Specification {
    func perform(
        on record: inout Record, at version: Version, seeing visible: [Operation<Void>], origins: [Origin],
        random: inout SeededRandom
    ) throws -> Void? {
        let strange = SlotKey(field: 7 + UInt32(random.below(2)), element: random.pick([.none, .index(1), .bytes([1])]))
        switch random.below(8) {
        case 0: record.assign(.integer(Int64(random.below(3))), to: SlotKey(field: 1), at: version)
        case 1: record.remove(SlotKey(field: 1), at: version)
        case 2: try record.count(3, in: 2, at: version)
        case 3: try record.mint(3, in: 3, at: version)
        case 4: record.state(.integer(1), in: 4, index: 0, at: version)
        case 5: record.assign(random.value(), to: strange, at: version)
        case 6: record.remove(strange, at: version)
        default:
            let state = random.pick([10, 20, 30, 40] as [Int64])
            guard (try? record.advance(5, to: state, in: ProgressSpecification.lattice, at: version)) != nil else {
                return nil
            }
        }
        return ()
    }

    func check(_ record: Record, of owner: Origin, seeing visible: [Operation<Void>]) {}
}

@Suite struct JoinLawTests {
    @Test(.optimized) func `the join of reachable states keeps its laws`() {
        checkLaws(10_000)
    }

    @Test(.tags(.sanitized)) func `the join of reachable states keeps its laws in a quick run`() {
        checkLaws(60)
    }

    private func checkLaws(_ count: Int) {
        SeededRandom.forEachSeed(count) { random in
            var schedule = Schedule<AnyWrite>(random: random, collectsMarks: false)
            try schedule.run()
            let states = schedule.replicas.map(State.init)
            for one in states {
                for two in states { try checkPair(one, two) }
            }
            let (one, two, three) = (random.pick(states), random.pick(states), random.pick(states))
            let left = try one.joined(two).joined(three)
            let right = try one.joined(two.joined(three))
            try expectEqual(left, right, "associative")
            try expectEqual(try one.joinedByDelta(two).joinedByDelta(three), right, "associative by deltas")
        }
    }

    private func checkPair(_ one: State, _ two: State) throws {
        let joined = try one.joined(two)
        joined.records.forEach { $0.checkInvariants() }
        try expectEqual(joined, try two.joined(one), "commutative")
        try expectEqual(try one.joined(one), one, "idempotent")
        try expectEqual(try joined.joined(two), joined, "absorbing")
        try expectEqual(try one.joinedByDelta(two), joined, "a delta brings what the whole state brings")
        try expectEqual(try joined.joinedByDelta(two, beyond: one.vector), joined, "a delta repeated")
        try expectEqual(try one.joinedByDelta(two, beyond: VersionVector()), joined, "a delta beyond nothing")
        let met = one.vector.met(with: two.vector)
        try expectEqual(try one.joinedByDelta(two, beyond: met), joined, "a delta beyond what both hold")
        guard joined.isAbove(one), joined.isAbove(two) else { throw Mismatch("not monotone: \(one), \(two)") }
        try expectEqual(one.vector == two.vector, one == two, "equal vectors imply equal states, marks and all")
    }
}

/// A state without the identity of its replica.
private struct State: Equatable {
    var records: [Record]
    var vector: VersionVector

    init(_ replica: TestReplica) {
        records = replica.records
        vector = replica.vector
    }

    func joined(_ other: State) throws -> State {
        var joined = self
        for index in records.indices {
            try joined.records[index].join(
                other.records[index].cells, upTo: other.vector, knowing: vector, reach: .wholeState)
        }
        joined.vector.join(other.vector)
        return joined
    }

    func joinedByDelta(_ other: State, beyond base: VersionVector? = nil) throws -> State {
        var joined = self
        for index in records.indices {
            let delta = other.records[index].delta(beyond: base ?? vector)
            try joined.records[index].join(delta, upTo: other.vector, knowing: vector)
        }
        joined.vector.join(other.vector)
        return joined
    }

    /// The order of the lattice: more is known, and of what the lower one knew nothing lives that it had not alive.
    func isAbove(_ lower: State) -> Bool {
        vector.covers(lower.vector)
            && zip(records, lower.records).allSatisfy { mine, others in
                mine.cells.allSatisfy { others.cells.contains($0) || !lower.vector.covers($0.dot) }
            }
    }
}

@Suite(.tags(.sanitized)) struct JoinErrorTests {
    private let slot = SlotKey(field: 1)
    private let dot = Dot(origin: Origin(rawValue: 1), sequence: 1)

    @Test func `two contents for one dot are refused and change nothing`() {
        for other in [cell(.integer(2)), cell(.integer(1), stamp: HLC(rawValue: 9)), cell(nil)] {
            var record = Record(sortedCells: [cell(.integer(1))])
            let before = record
            #expect(throws: JoinError.contentDiffers(slot: slot, dot: dot)) {
                try record.join([other], upTo: vector, knowing: vector)
            }
            #expect(record == before)
        }
    }

    @Test func `a value taken for held that is not known here is refused and changes nothing`() {
        var held = cell(nil)
        held.content = .held
        var record = Record()
        #expect(throws: JoinError.heldIsUnknown(slot: slot, dot: dot)) {
            try record.join([held], upTo: vector, knowing: VersionVector())
        }
        #expect(record.isEmpty)
    }

    @Test func `a delta names the values of seen cells and carries those of unseen ones`() {
        let later = Dot(origin: Origin(rawValue: 2), sequence: 1)
        let record = Record(sortedCells: [
            cell(.integer(1)), Cell(slot: slot, dot: later, stamp: .none, content: .value(.integer(2))),
            Cell(slot: SlotKey(field: 2), dot: dot, stamp: .none, content: .value(.integer(3))),
        ])
        #expect(record.delta(beyond: vector).map(\.content) == [.held, .value(.integer(2))])
        #expect(record.delta(beyond: VersionVector()) == record.cells)
    }

    private var vector: VersionVector { VersionVector([.init(origin: dot.origin, sequence: 1)]) }

    private func cell(_ value: Value?, stamp: HLC = .none) -> Cell {
        Cell(slot: slot, dot: dot, stamp: stamp, content: value.map { .value($0) } ?? .removed)
    }
}
