import Foundation
import Testing

@Suite struct SessionScheduleTests {
    private static let givenSeed = ProcessInfo.processInfo.environment["ATOLL_TEST_SEED"].flatMap { UInt64($0) }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `however sessions are opened and cut, and disks put back and cloned, no sale is lost or counted twice`(part: UInt64) {
        let seeds = Self.givenSeed.map { $0...$0 } ?? (part * 250 + 1)...(part * 250 + 250)
        for seed in seeds {
            do {
                var schedule = try SessionSchedule(seed: seed)
                try schedule.run(steps: 24)
            } catch {
                Issue.record("ATOLL_TEST_SEED=\(seed): \(error)")
                return
            }
        }
    }
}
