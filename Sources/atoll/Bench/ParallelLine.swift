import Foundation
import Sync

/// Carries a session between two ends of this process, each served on a thread of its own, as two nodes are: what one says
/// the other hears while the first works on.
///
/// `@unchecked Sendable`: `condition` guards all that changes, and an end is touched by its own thread only while `carry`
/// waits for both.
final class ParallelLine: @unchecked Sendable {
    private var ends: [BenchEnd]
    private let now: Moment
    private let condition = NSCondition()
    /// What each end was told and has not heard yet.
    private var inboxes: [[UInt8]] = [[], []]
    private var isWaiting = [false, false]
    private var runningCount = 0
    /// Nobody has anything to say any more.
    private var isQuiet = false
    private var failure: (any Error)?

    /// - Parameter now: the one moment of it all.
    init(_ left: BenchEnd, _ right: BenchEnd, at now: Moment) {
        (ends, self.now) = ([left, right], now)
    }

    /// Returns when both ends are quiet.
    func carry() throws {
        runningCount = ends.count
        for side in ends.indices {
            let thread = Thread { [self] in run(side) }
            thread.stackSize = 8 << 20
            thread.start()
        }
        condition.lock()
        defer { condition.unlock() }
        while runningCount > 0 { condition.wait() }
        // A thread may hold on to this for a while; whoever asked goes on with the ends.
        ends = []
        if let failure { throw failure }
    }

    private func run(_ side: Int) {
        let outcome = Result { try serve(ends[side], on: side) }
        condition.withLock {
            if case .failure(let error) = outcome {
                failure = failure ?? error
                isQuiet = true
            }
            runningCount -= 1
            condition.broadcast()
        }
    }

    private func serve(_ end: BenchEnd, on side: Int) throws {
        var heard: [UInt8]? = []
        while let bytes = heard {
            end.receive(bytes, at: now)
            end.work(at: now) { tell($0, to: 1 - side) }
            try end.checkUnbroken()
            heard = hear(side)
        }
    }

    private func tell(_ bytes: [UInt8], to side: Int) {
        condition.withLock {
            inboxes[side].append(contentsOf: bytes)
            condition.broadcast()
        }
    }

    /// Waits until there is something to hear.
    ///
    /// - Returns: nil if there will be nothing.
    private func hear(_ side: Int) -> [UInt8]? {
        condition.lock()
        defer { condition.unlock() }
        isWaiting[side] = true
        while inboxes[side].isEmpty, !isQuiet {
            if isWaiting[1 - side], inboxes[1 - side].isEmpty {
                isQuiet = true
                condition.broadcast()
            } else {
                condition.wait()
            }
        }
        defer { (inboxes[side], isWaiting[side]) = ([], false) }
        return inboxes[side].isEmpty ? nil : inboxes[side]
    }
}
