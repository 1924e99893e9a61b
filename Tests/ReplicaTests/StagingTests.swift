import CRDT
import Replica
import Simulation
import Testing

/// Large cuts of one scope that several members bring at once.
@Suite struct StagingTests {
    private let disk = SimulatedDisk()
    private let headquarters: Replica
    private let (till, relay): (Replica, Replica)

    init() throws {
        headquarters = try Shop.replica(0, on: disk)
        (till, relay) = (try Shop.replica(1), try Shop.replica(2))
        for number in 1...6 { try till.sell(UInt64(number), 1, at: 1000) }
        try relay.join([delta(from: till, for: Cut())], at: 1000, from: 1)
        for number in 7...8 { try till.sell(UInt64(number), 1, at: 1000) }
    }

    private func delta(from replica: Replica, for base: Cut) throws -> Delta {
        try #require(try replica.delta(Shop.books, for: base))
    }

    private func marks(_ replica: Replica) -> [RelayedSpan] { replica.relayed[Shop.books] ?? [] }

    /// The pieces of both once went to one place: the second to begin took the first one's away, and what the first one still
    /// sent lay among those of the second, as if that one had vouched for it.
    @Test func `two members bring a scope at once, and neither comes in the other's way`() throws {
        let (whole, part) = (try delta(from: till, for: Cut()), try delta(from: relay, for: Cut()))
        #expect(try headquarters.stage(whole.header, from: 1) == nil)
        #expect(try headquarters.stage(part.header, from: 2) == nil)
        for index in whole.records.indices {
            try headquarters.stage([whole.records[index]], in: Shop.books, from: 1)
            if index < part.records.count { try headquarters.stage([part.records[index]], in: Shop.books, from: 2) }
        }
        #expect(headquarters.stagedCuts.map(\.sender) == [1, 2])
        #expect(try headquarters.stagedPosition(of: Shop.books, from: 2)?.last == part.records.last?.key)
        try headquarters.publish(Shop.books, from: 2, records: UInt64(part.records.count))
        let span = RelayedSpan(origin: till.identity.origin, beyond: 0, upTo: 6, via: 2)
        #expect(marks(headquarters) == [span])
        #expect(throws: ReplicaError.folding(scope: Shop.books)) {
            try headquarters.publish(Shop.books, from: 1, records: UInt64(whole.records.count))
        }
        let position = try headquarters.stagedPosition(of: Shop.books, from: 1)
        #expect(position?.last == whole.records.last?.key, "its sender is told how far it has come")
        while try headquarters.fold(at: 2000) {}
        try headquarters.publish(Shop.books, from: 1, records: UInt64(whole.records.count))
        while try headquarters.fold(at: 2000) {}
        #expect(headquarters.digest(of: Shop.books) == till.digest(of: Shop.books))
        #expect(marks(headquarters) == [span], "marked until the origin vouches for just that")
    }

    @Test func `nobody adds to what another member sends, publishes it or takes it away`() throws {
        let whole = try delta(from: till, for: Cut())
        _ = try headquarters.stage(whole.header, from: 1)
        try headquarters.stage([whole.records[0]], in: Shop.books, from: 1)
        let nothing = ReplicaError.nothingStaged(scope: Shop.books)
        for member in [2, nil] as [UInt32?] {
            #expect(throws: nothing) { try headquarters.stage([whole.records[1]], in: Shop.books, from: member) }
            #expect(throws: nothing) { try headquarters.publish(Shop.books, from: member) }
            try headquarters.dropStaged(Shop.books, from: member)
        }
        let opened = try Shop.copy(disk, run: 5)
        #expect(try opened.stage(whole.header, from: 1) == whole.records[0].key)
    }

    @Test func `what one member never ends is forgotten once it has come by another way`() throws {
        let (whole, part) = (try delta(from: till, for: Cut()), try delta(from: relay, for: Cut()))
        _ = try headquarters.stage(part.header, from: 2)
        try headquarters.stage([part.records[0]], in: Shop.books, from: 2)
        _ = try headquarters.stage(whole.header, from: 1)
        try headquarters.stage(whole.records, in: Shop.books, from: 1)
        try headquarters.publish(Shop.books, from: 1)
        #expect(headquarters.stagedCuts.map(\.sender) == [1])
        while try headquarters.fold(at: 2000) {}
        try headquarters.checkpoint()
        let file = try Connection(path: "replica.db", mode: .read, vfs: disk.vfsName)
        #expect(try file.integer("SELECT (SELECT count(*) FROM staged) + (SELECT count(*) FROM transfer)") == 0)
    }

    @Test func `what came as a push is forgotten when the next large cut begins`() throws {
        let part = try delta(from: relay, for: Cut())
        _ = try headquarters.stage(part.header, from: 2)
        try headquarters.join([delta(from: till, for: Cut())], at: 2000, from: 1)
        #expect(headquarters.stagedCuts.map(\.sender) == [2])
        try till.sell(9, 1, at: 3000)
        _ = try headquarters.stage(try delta(from: till, for: headquarters.cut(of: Shop.books)).header, from: 1)
        #expect(headquarters.stagedCuts.map(\.sender) == [1])
    }
}
