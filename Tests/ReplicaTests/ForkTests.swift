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
}
