import CRDT
import Replica
import Simulation
import Testing

/// Touch marks that are gone everywhere, and replicas that were elsewhere meanwhile.
@Suite struct HorizonTests {
    private static let (early, late) = (Element.index(1), Element.index(2))

    @Test func `a delta exported long ago and imported after collection resurrects nothing`() throws {
        let (headquarters, store) = (try Shop.replica(0), try Shop.replica(1))
        try Self.write(headquarters) { try $0.insert(Self.early, into: Shop.tags, of: Shop.note) }
        let first = try #require(try headquarters.delta(Shop.books, for: Cut()))
        try store.join([first], at: 1000)
        try Self.write(store) { try $0.insert(Self.late, into: Shop.tags, of: Shop.note) }
        let second = try #require(try store.delta(Shop.books, for: headquarters.cut(of: Shop.books)))
        let whole = try #require(try store.delta(Shop.books, for: Cut()))
        try headquarters.join([second], at: 1000)
        for tag in [Self.early, Self.late] {
            try Self.write(headquarters) { try $0.remove(Shop.tags, tag, of: Shop.note) }
        }
        try Self.carry(Shop.books, from: headquarters, to: store)
        try headquarters.advanceHorizon(of: Shop.books, acknowledged: [store.vector(of: Shop.books)], at: 1000)
        try Self.carry(.chain, from: headquarters, to: store)
        for replica in [headquarters, store] {
            #expect(try !replica.collectMarks())
            #expect(try replica.record(Shop.note).isEmpty, "the marks are gone")
        }
        var snapshot = whole
        snapshot.header.reach = .wholeState
        for replica in [headquarters, store] {
            for delta in [first, second, whole, snapshot] { try replica.join([delta], at: 1000) }
            _ = try replica.stage(whole.header)
            try replica.stage(whole.records, in: Shop.books)
            try replica.publish(Shop.books)
            while try replica.fold(at: 1000) {}
            #expect(try replica.record(Shop.note).isEmpty)
            #expect(replica.digest(of: Shop.books) == .zero)
        }
    }

    @Test func `a replica below the horizon is refused, and a whole state takes what died and leaves what is its own`() throws {
        let (headquarters, store) = (try Shop.replica(0), try Shop.replica(1))
        try Self.write(headquarters) { try $0.insert(Self.early, into: Shop.tags, of: Shop.note) }
        try Self.carry(Shop.books, from: headquarters, to: store)
        let known = store.cut(of: Shop.books)
        try Self.write(store) { try $0.insert(Self.late, into: Shop.tags, of: Shop.note) }
        let missed = try #require(try Self.removal(of: Self.early, at: headquarters, for: known))
        try headquarters.advanceHorizon(of: Shop.books, acknowledged: [], at: 1000)
        _ = try headquarters.collectMarks()
        var plain = try #require(try headquarters.delta(Shop.books, for: known))
        #expect(plain.header.reach == .wholeState && plain.header.base == Cut())
        let whole = plain
        plain.header.reach = .namedSlots
        let origin = headquarters.identity.origin
        #expect(throws: ReplicaError.belowHorizon(scope: Shop.books, origin: origin, horizon: 2, have: 1)) {
            try store.join([plain], at: 1000)
        }
        #expect(try store.tags == [Self.early, Self.late], "a refusal changes nothing")
        try store.join([whole], at: 1000)
        #expect(try store.tags == [Self.late])
        // What was exported before the collection is a delta like any other.
        try store.join([missed], at: 1000)
        #expect(try store.tags == [Self.late])
        try Self.carry(Shop.books, from: store, to: headquarters)
        #expect(try headquarters.tags == [Self.late])
        #expect(store.digest(of: Shop.books) == headquarters.digest(of: Shop.books))
    }

    /// No mark said any more what had been removed, and the small delta that told of it did nothing.
    @Test func `what was removed and collected is told by a whole state when it is written again`() throws {
        let disk = SimulatedDisk()
        let (headquarters, store) = (try Shop.replica(0, on: disk), try Shop.replica(1))
        try Self.write(headquarters) {
            try $0.insert(Self.early, into: Shop.tags, of: Shop.note)
            try $0.insert(Self.late, into: Shop.tags, of: Shop.note)
        }
        try Self.carry(Shop.books, from: headquarters, to: store)
        try headquarters.checkpoint()
        let restored = try Shop.copy(disk, run: 77)
        try Self.write(headquarters) { try $0.remove(Shop.tags, Self.early, of: Shop.note) }
        try Self.carry(Shop.books, from: headquarters, to: store)
        try headquarters.advanceHorizon(of: Shop.books, acknowledged: [store.vector(of: Shop.books)], at: 1000)
        try Self.carry(.chain, from: headquarters, to: store)
        #expect(try !store.collectMarks())
        // Set back, it writes something else under the same number.
        try Self.write(restored) { try $0.set(Shop.text, of: Shop.note, to: .text("new")) }
        let origin = headquarters.identity.origin
        let known = try restored.knowledge(of: origin, in: Shop.books)
        #expect(try store.yield(origin, in: Shop.books, to: known, at: 1000) == 1)
        let delta = try #require(try store.delta(Shop.books, for: restored.cut(of: Shop.books)))
        #expect(delta.header.reach == .wholeState)
        try Self.carry(Shop.books, from: restored, to: store)
        try Self.carry(Shop.books, from: store, to: restored)
        #expect(try restored.tags == [Self.late])
        #expect(restored.digest(of: Shop.books) == store.digest(of: Shop.books))
    }

    @Test func `a replica that held nothing, and has written something since, takes what was on its way to it`() throws {
        let (headquarters, store) = (try Shop.replica(0), try Shop.replica(1))
        try Self.write(headquarters) { try $0.insert(Self.early, into: Shop.tags, of: Shop.note) }
        _ = try #require(try Self.removal(of: Self.early, at: headquarters, for: Cut()))
        try headquarters.advanceHorizon(of: Shop.books, acknowledged: [], at: 1000)
        let first = try #require(try headquarters.delta(Shop.books, for: Cut()))
        try Self.write(store) { try $0.insert(Self.late, into: Shop.tags, of: Shop.note) }
        try store.join([first], at: 1000)
        #expect(try store.tags == [Self.late])
        #expect(store.vector(of: Shop.books).covers(headquarters.vector(of: Shop.books)))
    }

    @Test func `what was removed above the horizon reaches a third replica by way of a whole state`() throws {
        let (headquarters, store, far) = (try Shop.replica(0), try Shop.replica(1), try Shop.replica(2))
        try Self.write(headquarters) {
            for tag in [Self.early, Self.late] { try $0.insert(tag, into: Shop.tags, of: Shop.note) }
        }
        for replica in [store, far] { try Self.carry(Shop.books, from: headquarters, to: replica) }
        try Self.write(headquarters) { try $0.remove(Shop.tags, Self.early, of: Shop.note) }
        try Self.carry(Shop.books, from: headquarters, to: store)
        try headquarters.advanceHorizon(of: Shop.books, acknowledged: [store.vector(of: Shop.books)], at: 1000)
        try Self.write(headquarters) { try $0.remove(Shop.tags, Self.late, of: Shop.note) }
        // Below the horizon, the far one takes a whole state; above it, the store learns the rest from the far one.
        try Self.carry(Shop.books, from: headquarters, to: far)
        #expect(try far.tags == [])
        try Self.carry(Shop.books, from: far, to: store)
        #expect(store.cut(of: Shop.books) == headquarters.cut(of: Shop.books))
        #expect(try store.tags == [])
        #expect(store.digest(of: Shop.books) == headquarters.digest(of: Shop.books))
    }

    @Test(arguments: [false, true])
    func `who got a scope without its marks hands it on to none below the horizon but whole`(isStaged: Bool) throws {
        let disk = SimulatedDisk()
        let (headquarters, late) = (try Shop.replica(0), try Shop.replica(2))
        try Self.write(headquarters) { try $0.insert(Self.early, into: Shop.tags, of: Shop.note) }
        try Self.carry(Shop.books, from: headquarters, to: late)
        try Self.write(headquarters) { try $0.remove(Shop.tags, Self.early, of: Shop.note) }
        try headquarters.advanceHorizon(of: Shop.books, acknowledged: [], at: 1000)
        _ = try headquarters.collectMarks()
        // The new one has not heard of the registrar's decision, which is in another scope.
        do {
            let new = try Shop.replica(1, on: disk)
            let delta = try #require(try headquarters.delta(Shop.books, for: Cut()))
            if isStaged {
                _ = try new.stage(delta.header)
                try new.stage(delta.records, in: Shop.books)
                try new.publish(Shop.books)
                while try new.fold(at: 1000) {}
            } else {
                try new.join([delta], at: 1000)
            }
        }
        let new = try Replica.open(at: "replica.db", Shop.parameters(disk, run: 9))
        #expect(new.horizon(of: Shop.books) == headquarters.horizon(of: Shop.books))
        try Self.carry(Shop.books, from: new, to: late)
        #expect(late.cut(of: Shop.books) == headquarters.cut(of: Shop.books))
        #expect(try late.tags == [])
        #expect(late.digest(of: Shop.books) == headquarters.digest(of: Shop.books))
    }

    @Test func `a decision that was heard before its scope counts as soon as the scope is held`() throws {
        let (headquarters, store) = (try Shop.replica(0), try Shop.replica(1))
        try Self.write(headquarters) { try $0.insert(Self.early, into: Shop.tags, of: Shop.note) }
        try Self.write(headquarters) { try $0.remove(Shop.tags, Self.early, of: Shop.note) }
        let marked = try #require(try headquarters.delta(Shop.books, for: Cut()))
        try headquarters.advanceHorizon(of: Shop.books, acknowledged: [], at: 1000)
        try Self.carry(.chain, from: headquarters, to: store)
        try store.join([marked], at: 1000)
        #expect(store.horizon(of: Shop.books) == headquarters.horizon(of: Shop.books))
        #expect(try !store.collectMarks())
        #expect(try store.record(Shop.note).isEmpty)
    }

    @Test func `a row that is set aside keeps its marks, and stops nobody else's collection`() throws {
        let (headquarters, store) = (try Shop.replica(0), try Shop.replica(1))
        let other = RecordKey(scope: Shop.books, collection: 11, id: Identifier(number: 2, digits: 3))
        for key in [Shop.note, other] {
            try Self.write(headquarters) { try $0.insert(Self.early, into: Shop.tags, of: key) }
            try Self.write(headquarters) { try $0.remove(Shop.tags, Self.early, of: key) }
        }
        try Self.carry(Shop.books, from: headquarters, to: store)
        try headquarters.advanceHorizon(of: Shop.books, acknowledged: [store.vector(of: Shop.books)], at: 1000)
        try headquarters.quarantine(Shop.note)
        #expect(try !headquarters.collectMarks())
        #expect(try headquarters.record(other).isEmpty)
        let cells = try #require(try store.mendingCells(Shop.note, for: headquarters.cut(of: Shop.books)))
        let digest = try #require(store.digest(of: Shop.books))
        #expect(try headquarters.mend(Shop.note, with: cells, peerDigest: digest))
        #expect(try !headquarters.record(Shop.note).isEmpty, "its mark came back with it")
        #expect(try !headquarters.collectMarks())
        #expect(try headquarters.record(Shop.note).isEmpty)
    }

    private static func write(_ replica: Replica, _ body: (Transaction) throws -> Void) throws {
        try replica.perform(at: 1000, body)
    }

    private static func carry(_ scope: Scope, from sender: Replica, to receiver: Replica) throws {
        guard let delta = try sender.delta(scope, for: receiver.cut(of: scope)) else { return }
        try receiver.join([delta], at: 1000)
    }

    /// Removes a tag, and exports that.
    private static func removal(of tag: Element, at replica: Replica, for cut: Cut) throws -> Delta? {
        try write(replica) { try $0.remove(Shop.tags, tag, of: Shop.note) }
        return try replica.delta(Shop.books, for: cut)
    }
}

extension Replica {
    fileprivate var tags: [Element] {
        get throws { try record(Shop.note).elements(Shop.tags).entries.map(\.element) }
    }
}
