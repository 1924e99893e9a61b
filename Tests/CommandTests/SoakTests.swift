import FaultProxy
import Foundation
import Simulation
import Testing

/// A running chain under everything that happens to lines and machines at once.
///
/// `ATOLL_SOAK_SECONDS` says how long; `ATOLL_TEST_SEED` which of the courses.
@Suite struct SoakTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let seconds = environment["ATOLL_SOAK_SECONDS"].flatMap { Double($0) } ?? 15
    private static let eventsPerSecond = 60.0

    @Test func `a chain whose lines are cut and whose nodes are killed holds every acknowledged sale once`() throws {
        let seed = Self.environment["ATOLL_TEST_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1 << 62)
        let outcome = try Result { try Self.soak(seed: seed) }.mapError { SoakError(seed: seed, error: $0) }.get()
        print("soak: \(outcome)")
        #expect(outcome.kills > 0 && outcome.connections > outcome.lines, "\(outcome)")
        #expect(outcome.areEqual, "\(outcome)")
        #expect(outcome.exitCodes.allSatisfy { $0 == 0 }, "\(outcome)")
        #expect(outcome.check.code == 0, "\(outcome)")
        #expect(outcome.longestLog < 3_000, "a log grows by what is new: \(outcome)")
    }

    private struct SoakError: Error {
        let seed: UInt64
        let error: any Error
    }

    private struct Outcome {
        let seed: UInt64
        var events = 0
        var unanswered = 0
        var kills = 0
        var stops = 0
        var troubles = 0
        var lines = 0
        var connections = 0
        var healingSeconds = 0.0
        var areEqual = false
        var differences = ""
        var exitCodes: [Int32?] = []
        var check = (code: Int32.max, text: "")
        var longestLog = 0
    }

    private static func soak(seed: UInt64) throws -> Outcome {
        var random = SeededRandom(seed: seed)
        var outcome = Outcome(seed: seed)
        let folder = try Chain()
        let log = try SoldLog(
            in: folder.path, stores: 3, ordersPerStore: Int(seconds * eventsPerSecond / 9), seed: seed % 1000)
        let chain = try RunningChain(log.names, in: folder, ring: true)
        var tills = log.names.indices.map { Till(log, member: $0) }
        var sold = 0
        try sell(chain, log, &tills, &sold, &outcome, &random)
        chain.set(Faults())
        try sell(through: log.eventCount, chain, log, &tills, &sold)
        try chain.startAll()
        let start = ContinuousClock.now
        outcome.areEqual = try eventually(within: 180) { try chain.areEqual() }
        outcome.healingSeconds = (ContinuousClock.now - start) / .seconds(1)
        if !outcome.areEqual { outcome.differences = try chain.differences() }
        outcome.lines = chain.lines.count
        outcome.connections = chain.lines.reduce(0) { $0 + $1.connectionCount }
        outcome.exitCodes += chain.nodes.map { $0.terminate() }
        outcome.longestLog = try chain.nodes.map { try $0.logLines().count }.max() ?? 0
        try log.describe(in: chain.path)
        let check = try Program.run(["check", "--dir", chain.path])
        outcome.check = (check.code, check.code == 0 ? "holds" : check.output + check.errors)
        outcome.events = tills.reduce(0) { $0 + $1.made }
        outcome.unanswered = tills.reduce(0) { $0 + $1.unansweredCount }
        return outcome
    }

    /// Sells for as long as the soak lasts, while lines are spoiled and nodes end and start.
    private static func sell(
        _ chain: RunningChain, _ log: SoldLog, _ tills: inout [Till], _ sold: inout Int, _ outcome: inout Outcome,
        _ random: inout SeededRandom
    ) throws {
        let start = ContinuousClock.now
        while true {
            let elapsed = (ContinuousClock.now - start) / .seconds(1)
            guard elapsed < seconds else { return }
            try chain.startAll()
            if Int.random(in: 0..<3, using: &random) == 0, let line = chain.lines.randomElement(using: &random) {
                LineTrouble.allCases.randomElement(using: &random)?.befall(line, &random)
                outcome.troubles += 1
            }
            let victim = chain.nodes[Int.random(in: 0..<chain.nodes.count, using: &random)]
            if Int.random(in: 0..<8, using: &random) == 0 {
                // While it sells: a sale takes about a millisecond.
                victim.kill(afterMicroseconds: Int.random(in: 0..<8_000, using: &random))
                outcome.kills += 1
            } else if Int.random(in: 0..<30, using: &random) == 0 {
                // It has come up: before that nobody has told it what the signal means.
                let _: [String: Int]? = try? victim.ask("status")
                outcome.exitCodes.append(victim.terminate())
                outcome.stops += 1
            }
            let due = Int(min(1, elapsed / seconds) * Double(log.eventCount))
            try sell(through: due, chain, log, &tills, &sold)
            // A quarter of a second to a round, so that lines have time to come back in between.
            _ = eventually(within: 0.25) { false }
        }
    }

    /// Makes the log's events in its order, starting whoever has gone away.
    private static func sell(
        through end: Int, _ chain: RunningChain, _ log: SoldLog, _ tills: inout [Till], _ sold: inout Int
    ) throws {
        while sold < end {
            let member = log.members[sold]
            try chain.nodes[member].start()
            if try tills[member].sell(at: chain.nodes[member]) { sold += 1 }
        }
    }
}
