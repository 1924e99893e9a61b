import CRDT
import Testing

/// What must hold, told with two or three stores.
@Suite(.tags(.sanitized)) struct StoryTests {
    private let slot = SlotKey(field: 1)
    private let line = Element.identifier(Identifier(number: 12, digits: 2))
    private var one = TestReplica(1)
    private var two = TestReplica(2)
    private var three = TestReplica(3)

    @Test mutating func `two stores that count one each read two`() throws {
        try one.write { record, version in try record.count(1, in: 1, at: version) }
        try two.write { record, version in try record.count(1, in: 1, at: version) }
        try syncAll()
        #expect(one.records[0].counter(1).value == 2)
        #expect(two.records[0].counter(1).value == 2)
    }

    @Test mutating func `an own count does not replace what others counted`() throws {
        try one.write { record, version in try record.count(5, in: 1, at: version) }
        try two.pull(from: one)
        try two.write { record, version in try record.count(-2, in: 1, at: version) }
        try two.write { record, version in try record.count(-2, in: 1, at: version) }
        try one.pull(from: two)
        #expect(one.records[0].counter(1).value == 1)
        #expect(one.records[0].counter(1).increments == 5)
        #expect(one.records[0].counter(1).decrements == 4)
    }

    @Test mutating func `a value stays overwritten after the old one arrives again`() throws {
        one.write { record, version in record.assign(.integer(1), to: slot, at: version) }
        let old = one.delta(beyond: VersionVector())
        try two.join(old)
        two.write { record, version in record.assign(.integer(2), to: slot, at: version) }
        try two.join(old)
        try two.join(one.snapshot())
        #expect(two.records[0].register(slot)?.value == .integer(2))
        try one.pull(from: two)
        try one.join(old)
        #expect(one.records[0].register(slot)?.value == .integer(2))
        #expect(one.records[0].register(slot)?.losers == [])
    }

    @Test mutating func `a later write wins over a stamp from a clock that runs ahead`() throws {
        one.write(stamp: HLC(milliseconds: .max)) { record, version in
            record.assign(.integer(1), to: slot, at: version)
        }
        try two.pull(from: one)
        two.write(stamp: .none) { record, version in record.assign(.integer(2), to: slot, at: version) }
        try one.pull(from: two)
        #expect(one.records[0].register(slot)?.value == .integer(2))
    }

    @Test mutating func `of concurrent writes the higher stamp wins and the other is kept`() throws {
        one.write(stamp: HLC(milliseconds: 2)) { record, version in record.assign(.integer(1), to: slot, at: version) }
        two.write(stamp: HLC(milliseconds: 1)) { record, version in record.assign(.integer(2), to: slot, at: version) }
        try syncAll()
        for replica in [one, two] {
            #expect(replica.records[0].register(slot)?.value == .integer(1))
            #expect(replica.records[0].register(slot)?.losers.map(\.value) == [.integer(2)])
        }
    }

    @Test mutating func `a removed line stays removed after a late duplicate`() throws {
        one.write { record, version in record.insert(line, in: 2, at: version) }
        let late = one.delta(beyond: VersionVector())
        try two.join(late)
        two.write { record, version in record.remove(SlotKey(field: 2, element: line), at: version) }
        try two.join(late)
        #expect(!two.records[0].elements(2).contains(line))
        try one.pull(from: two)
        try one.join(late)
        #expect(!one.records[0].elements(2).contains(line))
    }

    @Test mutating func `a removed line does not come back by a snapshot, its mark collected or not`() throws {
        one.write { record, version in record.insert(line, in: 2, at: version) }
        let old = one.snapshot()
        try two.join(old)
        two.write { record, version in record.remove(SlotKey(field: 2, element: line), at: version) }
        try two.join(old)
        #expect(!two.records[0].elements(2).contains(line))
        try one.pull(from: two)
        two.collectMarks(upTo: one.vector)
        #expect(two.records[0].isEmpty)
        try two.join(old)
        #expect(two.records[0].isEmpty)
    }

    @Test mutating func `a replica behind the horizon learns a removal by a snapshot only`() throws {
        one.write { record, version in record.insert(line, in: 2, at: version) }
        try two.pull(from: one)
        let copy = two
        two.write { record, version in record.remove(SlotKey(field: 2, element: line), at: version) }
        try one.pull(from: two)
        two.collectMarks(upTo: one.vector)
        three = copy
        three.origin = Origin(rawValue: 3)
        #expect(try three.join(two.delta(beyond: three.vector)) == false)
        three.write { record, version in record.assign(.integer(1), to: slot, at: version) }
        try three.join(two.snapshot())
        #expect(!three.records[0].elements(2).contains(line))
        #expect(three.records[0].register(slot)?.value == .integer(1))
    }

    @Test mutating func `an add that is concurrent with a remove wins`() throws {
        one.write { record, version in record.insert(line, in: 2, at: version) }
        try two.pull(from: one)
        one.write { record, version in record.remove(SlotKey(field: 2, element: line), at: version) }
        two.write { record, version in record.insert(line, in: 2, at: version) }
        try syncAll()
        #expect(one.records[0].elements(2).contains(line))
        #expect(two.records[0].elements(2).contains(line))
    }

    @Test mutating func `a remove relayed by a third store arrives`() throws {
        one.write { record, version in record.insert(line, in: 2, at: version) }
        try two.pull(from: one)
        try three.pull(from: one)
        two.write { record, version in record.remove(SlotKey(field: 2, element: line), at: version) }
        try three.pull(from: two)
        try one.pull(from: three)
        #expect(!one.records[0].elements(2).contains(line))
    }

    @Test mutating func `a delta that leaps over unseen transactions is not let in`() throws {
        one.write { record, version in record.assign(.integer(1), to: slot, at: version) }
        let base = one.vector
        one.write { record, version in record.assign(.integer(2), to: SlotKey(field: 2), at: version) }
        #expect(try two.join(one.delta(beyond: base)) == false)
        #expect(two.vector.isEmpty)
    }

    private mutating func syncAll() throws {
        try one.pull(from: two)
        try two.pull(from: one)
        try three.pull(from: one)
    }
}
