import CRDT
import Foundation
import Node
import Replica
import Retail
import Synchronization
import Testing

@Suite struct ReplicaOwnerTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func owner(mailboxLimit: Int = 64, logFrameBound: Int = 4096) throws -> ReplicaOwner {
        let path = folder["a"]
        return try ReplicaOwner(mailboxLimit: mailboxLimit, logFrameBound: logFrameBound) {
            try ReplicaDirectory.test(path)
        }
    }

    /// Runs a body on a thread of its own.
    private func thread(_ body: @escaping @Sendable () -> Void) {
        Thread(block: body).start()
    }

    /// Gives the processor away until something holds.
    private func yield(until holds: () -> Bool) {
        while !holds() { sched_yield() }
    }

    @Test func `sixteen callers at once are all acknowledged, by two commits`() throws {
        let owner = try owner()
        let (gate, entered) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let acknowledged = Mutex<[Int]>([])
        let finished = DispatchGroup()
        for number in 0..<16 {
            finished.enter()
            thread {
                try? owner.perform(at: Int64(number)) { transaction in
                    if number == 0 {
                        entered.signal()
                        gate.wait()
                    }
                    try transaction.sell("A\(number)", of: 1)
                }
                acknowledged.withLock { $0.append(number) }
                finished.leave()
            }
            // The first is under way, alone, before any other asks.
            if number == 0 { entered.wait() }
        }
        yield { owner.waitingCount == 15 }
        gate.signal()
        finished.wait()
        #expect(acknowledged.withLock { $0.sorted() } == Array(0..<16))
        #expect(owner.done.transactions == 16)
        #expect(owner.done.commits == 2)
        owner.stop()
        let replica = try ReplicaDirectory.open(at: folder["a"]).replica
        #expect(try replica.keys(of: Scope(.books, of: 1), collection: RetailSchema.order.number).count == 16)
        #expect(try replica.record(RetailSchema.stock(of: .of("P1"), at: 1)).counter(RetailSchema.Stock.sold).value == 16)
    }

    @Test func `a body that throws fails its own caller only`() throws {
        struct Refused: Error {}
        let owner = try owner()
        let (gate, entered) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let outcomes = Mutex<[Int: Bool]>([:])
        let finished = DispatchGroup()
        for number in 0..<5 {
            finished.enter()
            thread {
                let outcome = Result {
                    try owner.perform(at: Int64(number)) { transaction in
                        if number == 0 {
                            entered.signal()
                            gate.wait()
                        }
                        try transaction.sell("A\(number)", of: 1)
                        if number == 2 { throw Refused() }
                    }
                }
                let isDone = if case .success = outcome { true } else { false }
                outcomes.withLock { $0[number] = isDone }
                finished.leave()
            }
            if number == 0 { entered.wait() }
        }
        yield { owner.waitingCount == 4 }
        gate.signal()
        finished.wait()
        #expect(outcomes.withLock { $0 } == [0: true, 1: true, 2: false, 3: true, 4: true])
        let orders = try owner.access { try $0.replica.keys(of: Scope(.books, of: 1), collection: RetailSchema.order.number) }
        #expect(orders.map { "\($0.id)" } == ["A0", "A1", "A3", "A4"])
    }

    @Test func `an asynchronous caller is told after the commit`() async throws {
        let owner = try owner()
        let total = try await owner.perform(at: 1) { transaction in
            try transaction.sell("A1", of: 1)
            return 199
        }
        #expect(total == 199)
        #expect(owner.done.transactions == 1)
        #expect(owner.done.commits == 1)
        await #expect(throws: RetailError.self) { try await owner.perform(at: 2) { try $0.sell("A1", of: 1) } }
        #expect(try await owner.access { $0.replica.heldScopes.count } == 2)
    }

    @Test func `a full mailbox refuses who cannot wait, and keeps its bound`() async throws {
        let owner = try owner(mailboxLimit: 2)
        let (gate, entered) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let finished = DispatchGroup()
        for number in 0..<3 {
            finished.enter()
            thread {
                try? owner.perform(at: 1) { _ in
                    guard number == 0 else { return }
                    entered.signal()
                    gate.wait()
                }
                finished.leave()
            }
            if number == 0 { await Self.wait(entered) }
        }
        yield { owner.waitingCount == 2 }
        await #expect(throws: NodeError.mailboxFull(limit: 2)) { try await owner.perform(at: 1) { _ in } }
        gate.signal()
        await Self.wait(finished)
        try await owner.perform(at: 1) { _ in }
    }

    @Test func `stopping serves what waits and refuses what comes`() throws {
        let owner = try owner()
        let (gate, entered) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let served = Atomic<Int>(0)
        let finished = DispatchGroup()
        for number in 0..<4 {
            finished.enter()
            thread {
                try? owner.perform(at: 1) { transaction in
                    if number == 0 {
                        entered.signal()
                        gate.wait()
                    }
                    try transaction.sell("A\(number)", of: 1)
                    served.add(1, ordering: .relaxed)
                }
                finished.leave()
            }
            if number == 0 { entered.wait() }
        }
        yield { owner.waitingCount == 3 }
        finished.enter()
        thread {
            owner.stop()
            finished.leave()
        }
        yield { owner.isStopping }
        #expect(throws: NodeError.stopped) { try owner.perform(at: 1) { _ in } }
        gate.signal()
        finished.wait()
        #expect(served.load(ordering: .relaxed) == 4)
        #expect(throws: NodeError.stopped) { try owner.perform(at: 1) { _ in } }
        _ = try ReplicaDirectory.open(at: folder["a"])
    }

    @Test func `the log is moved into the file between transactions once it is long`() throws {
        let owner = try owner(logFrameBound: 8)
        for number in 0..<40 { try owner.perform(at: 1) { try $0.sell("A\(number)", of: 1) } }
        let done = owner.done
        #expect(done.checkpoints > 1 && done.checkpoints < 20, "\(done)")
        #expect(FileManager.default.fileExists(atPath: folder["a/high-water"]))
        let frames = try owner.access { $0.replica.logFrames }
        #expect(frames < 40)
    }

    @Test func `a directory that cannot be opened is the caller's to hear of`() throws {
        let path = folder["none"]
        #expect(throws: FileError.missing(path: path)) {
            _ = try ReplicaOwner { try ReplicaDirectory.open(at: path) }
        }
    }

    private static func wait(_ semaphore: DispatchSemaphore) async {
        await withCheckedContinuation { continuation in
            Thread {
                semaphore.wait()
                continuation.resume()
            }.start()
        }
    }

    private static func wait(_ group: DispatchGroup) async {
        await withCheckedContinuation { continuation in group.notify(queue: .global()) { continuation.resume() } }
    }
}
