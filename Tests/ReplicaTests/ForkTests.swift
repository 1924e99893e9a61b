import CRDT
import Replica
import Simulation
import Testing

@Suite struct ForkTests {
    private static let scope = TestSchema.scopes[0]

    private static func write(_ value: Int64, _ replica: Replica) throws {
        try replica.perform(at: Site.epoch) {
            try $0.set(
                TestSchema.Ticket.title, of: TestSchema.ticket(Int(value), in: scope), to: .integer(value))
        }
    }

    private static func tell(_ teller: Replica, _ listener: Replica) throws {
        let delta = try #require(try teller.delta(scope, for: listener.cut(of: scope)))
        try listener.join([delta], at: Site.epoch)
    }

    /// Of all tickets, ascending.
    private static func titles(_ replica: Replica) throws -> [Int64] {
        try replica.keys(of: scope, collection: TestSchema.ticket(1, in: scope).collection).compactMap { key in
            guard case .integer(let title) = try replica.record(key).register(SlotKey(field: TestSchema.Ticket.title))?.value
            else {
                return nil
            }
            return title
        }.sorted()
    }

    /// Compaction once kept every 32nd point of a foreign chain, and the base of a delta under way was none of them.
    @Test func `a delta on top of another branch is refused after the index was compacted, too`() throws {
        let (till, witness, other) = (try Site(1), try Site(2), try Site(3))
        for value in 1...10 { try Self.write(Int64(value), till.replica) }
        let copy = SimulatedDisk(till.disk.image)
        let clone = try Replica.open(
            at: Site.path,
            OpeningParameters(
                schema: TestSchema.schema, digestKey: Site.digestKey, run: Hash128(high: 9, low: 9), vfs: copy.vfsName))
        for value in 11...60 {
            try Self.write(Int64(value), till.replica)
            try Self.tell(till.replica, witness.replica)
        }
        for value in 111...125 { try Self.write(Int64(value), clone) }
        try Self.tell(clone, other.replica)
        let base = other.replica.cut(of: Self.scope)
        for value in 126...180 { try Self.write(Int64(value), clone) }
        let delta = try #require(try clone.delta(Self.scope, for: base))
        try witness.replica.compact()
        let before = witness.replica.cut(of: Self.scope)
        #expect(throws: ReplicaError.forked(scope: Self.scope, origin: till.identity.origin, sequence: 25)) {
            try witness.replica.join([delta], at: Site.epoch)
        }
        #expect(witness.replica.cut(of: Self.scope) == before)
        withExtendedLifetime(copy) {}
    }

    /// Neither knew the hash of the other's point, so the delta was joined, and a sale could be counted under two names.
    @Test func `members that learned different branches of a third notice it, whatever hashes they know`() throws {
        let (till, witness, other) = (try Site(1), try Site(2), try Site(3))
        for value in 1...10 { try Self.write(Int64(value), till.replica) }
        let copy = SimulatedDisk(till.disk.image)
        let clone = try Replica.open(
            at: Site.path,
            OpeningParameters(
                schema: TestSchema.schema, digestKey: Site.digestKey, run: Hash128(high: 9, low: 9), vfs: copy.vfsName))
        for value in 11...15 { try Self.write(Int64(value), till.replica) }
        try Self.tell(till.replica, witness.replica)
        for value in 111...125 { try Self.write(Int64(value), clone) }
        try Self.tell(clone, other.replica)
        let before = witness.replica.cut(of: Self.scope)
        #expect(throws: ReplicaError.forked(scope: Self.scope, origin: till.identity.origin, sequence: 15)) {
            try Self.tell(other.replica, witness.replica)
        }
        #expect(witness.replica.cut(of: Self.scope) == before)
        #expect(try witness.replica.delta(Self.scope, for: other.replica.cut(of: Self.scope)) == nil)
        withExtendedLifetime(copy) {}
    }

    /// A member told only what it had that the other lacked, and of a third, of whose history the other held more, nothing: two
    /// histories came together, and cells that nobody had removed were taken for dead.
    @Test func `whoever holds less of another branch is noticed, too`() throws {
        let (till, witness, other) = (try Site(1), try Site(2), try Site(3))
        for value in 1...10 { try Self.write(Int64(value), till.replica) }
        let copy = SimulatedDisk(till.disk.image)
        let clone = try Replica.open(
            at: Site.path,
            OpeningParameters(
                schema: TestSchema.schema, digestKey: Site.digestKey, run: Hash128(high: 9, low: 9), vfs: copy.vfsName))
        for value in 11...15 { try Self.write(Int64(value), till.replica) }
        try Self.tell(till.replica, witness.replica)
        for value in 111...125 { try Self.write(Int64(value), clone) }
        try Self.tell(clone, other.replica)
        try Self.write(200, witness.replica)
        let before = other.replica.cut(of: Self.scope)
        #expect(throws: ReplicaError.forked(scope: Self.scope, origin: till.identity.origin, sequence: 15)) {
            try Self.tell(witness.replica, other.replica)
        }
        #expect(other.replica.cut(of: Self.scope) == before)
        withExtendedLifetime(copy) {}
    }

    /// They refused each other's deltas for good: each held transactions of the till that the other did not, under the same numbers.
    @Test func `a store gives way to headquarters, and nothing of either history is lost`() throws {
        let (till, headquarters, store) = (try Site(1), try Site(0), try Site(2))
        for value in 1...10 { try Self.write(Int64(value), till.replica) }
        let copy = SimulatedDisk(till.disk.image)
        let clone = try Replica.open(
            at: Site.path,
            OpeningParameters(
                schema: TestSchema.schema, digestKey: Site.digestKey, run: Hash128(high: 9, low: 9), vfs: copy.vfsName))
        try Self.tell(till.replica, store.replica)
        for value in 11...15 { try Self.write(Int64(value), till.replica) }
        try Self.tell(till.replica, store.replica)
        for value in 111...125 { try Self.write(Int64(value), clone) }
        try Self.tell(clone, headquarters.replica)
        let (origin, cut) = (till.identity.origin, headquarters.replica.cut(of: Self.scope))
        #expect(try store.replica.contestedOrigins(in: Self.scope, headquarters: cut).isEmpty, "nobody has met the fork")
        #expect(throws: ReplicaError.self) { try Self.tell(headquarters.replica, store.replica) }
        #expect(try store.replica.contestedOrigins(in: Self.scope, headquarters: cut) == [origin])
        #expect(try store.replica.contestedOrigins(in: Self.scope, headquarters: cut).isEmpty, "asked once")

        let known = try headquarters.replica.knowledge(of: origin, in: Self.scope)
        #expect(try store.replica.yield(origin, in: Self.scope, to: known, at: Site.epoch) == 5)
        #expect(try store.replica.yield(origin, in: Self.scope, to: known, at: Site.epoch) == 0)
        try Self.tell(headquarters.replica, store.replica)
        try Self.tell(store.replica, headquarters.replica)
        try Self.tell(headquarters.replica, clone)
        for replica in [store.replica, headquarters.replica, clone] {
            #expect(try Self.titles(replica) == Array(1...15) + Array(111...125))
            #expect(replica.cut(of: Self.scope) == headquarters.replica.cut(of: Self.scope))
            #expect(replica.digest(of: Self.scope) == headquarters.replica.digest(of: Self.scope))
        }
        #expect(clone.isClosed, "the till goes on under another name")
        withExtendedLifetime(copy) {}
    }

    /// Headquarters believed nobody that they had made what they had not signed, and the two never agreed again.
    @Test func `what headquarters have lost and nobody signed a store makes its own`() throws {
        let (headquarters, store) = (try Site(0), try Site(1))
        try Self.write(1, headquarters.replica)
        let image = headquarters.disk.image
        for value in 2...3 { try Self.write(Int64(value), headquarters.replica) }
        try Self.tell(headquarters.replica, store.replica)
        try headquarters.restart(on: image)
        let origin = headquarters.identity.origin
        let point = headquarters.replica.cut(of: Self.scope)[origin]
        // The store, which heard of all three at once, does not know the hash behind the first.
        #expect(try store.replica.concede(origin, in: Self.scope, beyond: #require(point), at: Site.epoch) == 3)
        #expect(try store.replica.concede(origin, in: Self.scope, beyond: #require(point), at: Site.epoch) == 0)
        try Self.tell(headquarters.replica, store.replica)
        try Self.tell(store.replica, headquarters.replica)
        #expect(try Self.titles(headquarters.replica) == [1, 2, 3])
        #expect(headquarters.replica.digest(of: Self.scope) == store.replica.digest(of: Self.scope))
        #expect(headquarters.replica.isClosed, "they never use those numbers")
    }

    /// It told the runs beyond what that one held, and its base let anybody take it: who did took the runs between for others.
    @Test func `a whole state that was made for one tells all runs to whoever takes it`() throws {
        let (headquarters, near, far) = (try Site(0), try Site(1), try Site(2))
        for value in 1...4 {
            try Self.write(Int64(value), headquarters.replica)
            if value < 2 { try Self.tell(headquarters.replica, far.replica) }
            if value < 4 { try Self.tell(headquarters.replica, near.replica) }
            try headquarters.restart(on: headquarters.disk.image)
        }
        try headquarters.replica.advanceHorizon(of: Self.scope, acknowledged: [], at: Site.epoch)
        let whole = try #require(try headquarters.replica.delta(Self.scope, for: near.replica.cut(of: Self.scope)))
        try #require(whole.header.reach == .wholeState)
        try far.replica.join([whole], at: Site.epoch)
        let origin = headquarters.replica.identity.origin
        #expect(try far.replica.knowledge(of: origin, in: Self.scope).runs.map(\.from) == [1, 2, 3, 4])
        try Self.tell(far.replica, near.replica)
        #expect(near.replica.cut(of: Self.scope) == far.replica.cut(of: Self.scope))
    }

    @Test func `whoever follows one history over many openings finds no fork in it`() throws {
        let (till, witness, other) = (try Site(1), try Site(2), try Site(3))
        for value in 1...6 {
            try Self.write(Int64(value), till.replica)
            if value != 3 { try Self.tell(till.replica, witness.replica) }
            if value % 2 == 0 { try Self.tell(witness.replica, other.replica) }
            try till.restart(on: till.disk.image)
        }
        try Self.tell(till.replica, Site(4).replica)
        #expect(other.replica.cut(of: Self.scope) == till.replica.cut(of: Self.scope))
    }
}
