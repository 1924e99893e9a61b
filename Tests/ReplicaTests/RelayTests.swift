import CRDT
import Replica
import Simulation
import Testing

@Suite struct `What came by others than its origin` {
    private let till: Replica
    private let relay: Replica
    private let headquarters: Replica
    private let disk = SimulatedDisk()
    private let origin: Origin

    init() throws {
        till = try Shop.replica(1)
        relay = try Shop.replica(2)
        headquarters = try Shop.replica(0, on: disk)
        origin = till.identity.origin
        for number in 1...3 { try till.sell(UInt64(number), 1, at: 1000) }
        try tell(till, relay, from: 1)
    }

    private func tell(_ teller: Replica, _ listener: Replica, from member: UInt32?) throws {
        let delta = try #require(try teller.delta(Shop.books, for: listener.cut(of: Shop.books)))
        try listener.join([delta], at: 2000, from: member)
    }

    private var marks: [RelayedSpan] { headquarters.relayed[Shop.books] ?? [] }

    private func span(_ beyond: UInt64, _ upTo: UInt64, via member: UInt32) -> RelayedSpan {
        RelayedSpan(origin: origin, beyond: beyond, upTo: upTo, via: member)
    }

    private func point(_ sequence: UInt64, of replica: Replica) throws -> ChainPoint {
        try #require(try replica.knowledge(of: origin, in: Shop.books).points.first { $0.sequence == sequence })
    }

    @Test func `news of another's are marked with who brought them, and stay so over a restart`() throws {
        #expect(relay.relayed.isEmpty, "the origin itself told them")
        try tell(relay, headquarters, from: 2)
        #expect(marks == [span(0, 3, via: 2)])
        try till.sell(4, 1, at: 2000)
        try tell(till, headquarters, from: 7)
        #expect(marks == [span(0, 3, via: 2), span(3, 4, via: 7)])
        try till.sell(5, 1, at: 2000)
        try tell(till, headquarters, from: 7)
        #expect(marks == [span(0, 3, via: 2), span(3, 5, via: 7)])
        let opened = try Shop.copy(disk, run: 5)
        #expect(opened.relayed == headquarters.relayed)
    }

    @Test func `news that nobody can have changed are not marked, and end the marks before them`() throws {
        try tell(relay, headquarters, from: nil)
        #expect(headquarters.relayed.isEmpty)
        try till.sell(4, 1, at: 2000)
        try tell(till, headquarters, from: 2)
        try till.sell(5, 1, at: 2000)
        try tell(till, headquarters, from: nil)
        #expect(marks == [span(3, 4, via: 2)])
    }

    @Test func `a staged cut marks what it brings when it is published, whoever asks between`() throws {
        let delta = try #require(try relay.delta(Shop.books, for: Cut()))
        #expect(try headquarters.stage(delta.header, from: 2) == nil)
        try headquarters.stage(delta.records, in: Shop.books, from: 2)
        #expect(headquarters.relayed.isEmpty)
        let opened = try Shop.copy(disk, run: 5)
        try opened.publish(Shop.books, from: 2)
        #expect(opened.relayed[Shop.books] == [span(0, 3, via: 2)])
        #expect(try headquarters.stage(delta.header, from: 2) == delta.records.last?.key)
        #expect(try headquarters.stage(delta.header, from: 3) == nil, "nobody answers for what another has sent")
    }

    @Test func `what the origin tells itself takes the marks before it away`() throws {
        try tell(relay, headquarters, from: 2)
        try till.sell(4, 1, at: 2000)
        try tell(till, headquarters, from: 1)
        #expect(headquarters.relayed.isEmpty)
        #expect(try Shop.copy(disk, run: 5).relayed.isEmpty)
    }

    @Test func `news from the origin that were made for somebody else vouch only up to where they begin`() throws {
        try tell(relay, headquarters, from: 2)
        let base = relay.cut(of: Shop.books)
        try till.sell(4, 1, at: 2000)
        try tell(till, headquarters, from: 2)
        try till.sell(5, 1, at: 2000)
        try headquarters.join([try #require(try till.delta(Shop.books, for: base))], at: 3000, from: 1)
        #expect(marks == [span(3, 4, via: 2)])
    }

    @Test func `an origin's word takes marks away up to where it reaches`() throws {
        try tell(relay, headquarters, from: 2)
        try till.sell(4, 1, at: 2000)
        try tell(till, headquarters, from: 2)
        try till.sell(5, 1, at: 2000)
        try tell(till, headquarters, from: 7)
        #expect(try headquarters.confirm(try point(3, of: till), of: origin, in: Shop.books))
        #expect(marks == [span(3, 4, via: 2), span(4, 5, via: 7)])
        #expect(try headquarters.confirm(try point(5, of: till), of: origin, in: Shop.books))
        #expect(headquarters.relayed.isEmpty)
    }

    @Test func `a word about what is not held, or whose hash is not known, says nothing`() throws {
        try tell(relay, headquarters, from: 2)
        try till.sell(4, 1, at: 2000)
        #expect(try !headquarters.confirm(try point(4, of: till), of: origin, in: Shop.books))
        #expect(try !headquarters.confirm(try point(2, of: till), of: origin, in: Shop.books), "a cut tells its end")
        #expect(try !headquarters.confirm(ChainPoint(sequence: 0, hash: .zero), of: origin, in: Shop.books))
        #expect(marks == [span(0, 3, via: 2)])
    }

    @Test func `an origin's word that contradicts is a fork, and the marks stay`() throws {
        try tell(relay, headquarters, from: 2)
        #expect(throws: ReplicaError.forked(scope: Shop.books, origin: origin, sequence: 3)) {
            try headquarters.confirm(ChainPoint(sequence: 3, hash: .zero), of: origin, in: Shop.books)
        }
        #expect(marks == [span(0, 3, via: 2)])
    }

    @Test func `however often the way changes, what is kept is bounded, and more is doubted rather than less`() throws {
        for number in 4...60 {
            try till.sell(UInt64(number), 1, at: 2000)
            try tell(till, headquarters, from: number % 2 == 0 ? 2 : nil)
        }
        #expect(marks.count <= 16)
        let marked = Set(marks.flatMap { Array($0.beyond + 1...$0.upTo) })
        let relayed = Set((4...60).filter { $0 % 2 == 0 }.map { UInt64($0) } + [1, 2, 3])
        #expect(marked.isSuperset(of: relayed))
        #expect(try headquarters.confirm(try point(60, of: till), of: origin, in: Shop.books))
        #expect(headquarters.relayed.isEmpty)
    }
}
