import Foundation
import Simulation
import Testing

/// The simulator is a model of real processes: what it shows of a schedule, they show.
///
/// `ATOLL_TEST_SEED` says which schedule comes first, `ATOLL_MODEL_SCHEDULES` how many are played. Four in a row have two and
/// three stores, with and without lines between them.
@Suite(.serialized) struct ModelTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let givenSeed = environment["ATOLL_TEST_SEED"].flatMap { UInt64($0) }
    private static let count = environment["ATOLL_MODEL_SCHEDULES"].flatMap { UInt64($0) } ?? (givenSeed == nil ? 4 : 1)
    private static let seeds: [UInt64] = {
        let first = givenSeed ?? UInt64.random(in: 0..<1 << 62)
        return (0..<count).map { first &+ $0 }
    }()

    @Test(arguments: seeds)
    func `running nodes do and show what the simulator's machines did and showed`(seed: UInt64) throws {
        let schedule = try Schedule(seed: seed)
        let real = try RealPlay(schedule, expected: try SimulatedPlay(schedule))
        try real.play()
        print(
            "model: ATOLL_TEST_SEED=\(seed): \(schedule), \(real.refusals.count) refusals, "
                + "\(real.contested.count) contested records seen")
    }

    @Test func `schedules hold all that can make two worlds differ`() throws {
        var (kinds, contested, refused, doubtful) = ([String: Int](), 0, 0, 0)
        for seed in 0..<8 as Range<UInt64> {
            let schedule = try Schedule(seed: seed)
            let simulated = try SimulatedPlay(schedule)
            for event in schedule.plan.events { kinds[type(of: event.act).kind, default: 0] += 1 }
            contested += simulated.contested.count
            refused += simulated.effects.count { !$0 }
            for case .barrier(let barrier) in schedule.steps { doubtful += barrier.doubtful.values.count { !$0.isEmpty } }
        }
        let wanted = [
            "sell", "receive", "move_status", "edit_customer", "change_line", "tear_line", "strand_line", "kill", "switch_on",
        ]
        #expect(wanted.allSatisfy { kinds[$0, default: 0] > 4 }, "\(kinds)")
        #expect(contested > 8 && refused > 8 && doubtful > 0, "\(contested), \(refused), \(doubtful)")
    }

    @Test func `a seed gives the same schedule again, and another one another`() throws {
        let texts = try [5, 5, 6].map { try Schedule(seed: $0).plan.scenarioFile(about: "A schedule.") }
        #expect(texts[0] == texts[1] && texts[0] != texts[2])
    }
}
