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
