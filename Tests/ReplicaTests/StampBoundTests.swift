import CRDT
import Replica
import Simulation
import Testing

@Suite struct `A stamp from the future` {
    private let bound = Replica.stampBound
    private let till: Replica
    private let headquarters: Replica
    private let disk = SimulatedDisk()

    init() throws {
        till = try Shop.replica(1)
        headquarters = try Shop.replica(0, on: disk)
    }

    /// Writes what is ranked by stamps; others are not even stored.
    private func write(at milliseconds: Int64) throws {
        try till.perform(at: milliseconds) { try $0.set(Shop.text, of: Shop.note, to: .text("new")) }
        let delta = try #require(try till.delta(Shop.books, for: headquarters.cut(of: Shop.books)))
        try headquarters.join([delta], at: 5_000)
    }

    @Test func `within the bound moves the clock and is no trouble`() throws {
        try write(at: 5_000 + bound)
        #expect(headquarters.latestStamp.milliseconds == 5_000 + bound)
        #expect(headquarters.stampsAhead(of: 5_000).isEmpty)
    }

    @Test func `beyond the bound is joined, moves no clock, and shows until the time has come`() throws {
        try write(at: 5_000 + bound + 1)
        #expect(headquarters.vector(of: Shop.books).sequence(of: till.identity.origin) == 1)
        #expect(headquarters.latestStamp.milliseconds < 5_000)
        for replica in [headquarters, try Shop.copy(disk, run: 5)] {
            let ahead = replica.stampsAhead(of: 5_000)
            #expect(ahead.map(\.scope) == [Shop.books])
            #expect(ahead.map(\.origin) == [till.identity.origin])
            #expect(ahead.map(\.stamp.milliseconds) == [5_000 + bound + 1])
            #expect(replica.stampsAhead(of: 5_001).isEmpty)
        }
    }
}
