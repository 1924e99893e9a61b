internal import Foundation
public import Replica
internal import Retail
internal import Sync

/// The one owner of a replica: a thread of its own, with a bounded mailbox and group commit.
///
/// Transactions that wait together are applied one by one and made durable by one commit; each caller is told after it.
/// Checkpoints run between groups. Bodies run on the owner's thread: they must be short, and never call the owner themselves.
public final class ReplicaOwner: Sendable {
    public let card: ReplicaCard
    /// See `ReplicaDirectory.isBehindHighWater`.
    public let isBehindHighWater: Bool

    private let mailbox: Mailbox<OwnerRequest>
    private let counts = OwnerCountsBox()
    private let disk = DiskWatch()
    private let end = Reply<Void>()

    private struct Opened: Sendable {
        let card: ReplicaCard
        let isBehindHighWater: Bool
    }

    /// Opens a replica on the owner's thread, and throws what that throws.
    ///
    /// - Parameters:
    ///   - mailboxLimit: how many requests may wait.
    ///   - logFrameBound: pages of write-ahead log after which it is moved into the file; 4096 are 16 MiB.
    public convenience init(
        mailboxLimit: Int = 1024, logFrameBound: Int = 4096, _ open: @escaping @Sendable () throws -> ReplicaDirectory
    ) throws {
        try self.init(mailboxLimit: mailboxLimit, logFrameBound: logFrameBound, listener: nil, open)
    }

    init(
        mailboxLimit: Int = 1024, logFrameBound: Int = 4096, listener: OwnerListener?,
        _ open: @escaping @Sendable () throws -> ReplicaDirectory
    ) throws {
        let (mailbox, counts, disk, end) = (Mailbox<OwnerRequest>(limit: mailboxLimit), counts, disk, end)
        let opened = Reply<Opened>()
        let thread = Thread {
            Self.run(mailbox, counts, disk, logFrameBound, listener, open, opened)
            end.hold(())
            end.settle(nil)
        }
        thread.name = "replica"
        thread.stackSize = 8 << 20
        thread.start()
        self.mailbox = mailbox
        let facts = try opened.wait()
        (card, isBehindHighWater) = (facts.card, facts.isBehindHighWater)
    }

    deinit { mailbox.close() }

    public var done: OwnerCounts { counts.now }

    /// What the disk refuses for want of room, until something is stored again.
    var diskTrouble: DiskWatch.Trouble? { disk.trouble }

    /// Asks a disk that was full whether it has room again; `then` is told on the owner's thread.
    func proveDisk(then: @escaping @Sendable (Result<Void, any Error>) -> Void) {
        let disk = disk
        access(
            { directory in
                try directory.replica.proveWritable()
                disk.clear()
            }, then: then)
    }

    /// How many requests wait to be taken up.
    public var waitingCount: Int { mailbox.count }

    /// Whether it takes nothing more in.
    public var isStopping: Bool { mailbox.isClosed }

    /// Runs a transaction; returns when it is durable. Blocks the calling thread, also while the mailbox is full.
    ///
    /// - Parameter milliseconds: the wall clock, in milliseconds since 1970.
    public func perform<Value: Sendable>(
        at milliseconds: Int64, _ body: @escaping @Sendable (Transaction) throws -> Value
    ) throws -> Value {
        let reply = Reply<Value>()
        try mailbox.put(Self.request(at: milliseconds, body, reply), waitsForRoom: true)
        return try reply.wait()
    }

    /// Runs a transaction; returns when it is durable. Suspends, and throws `NodeError.mailboxFull` instead of waiting for
    /// room.
    ///
    /// - Parameter milliseconds: the wall clock, in milliseconds since 1970.
    public func perform<Value: Sendable>(
        at milliseconds: Int64, _ body: @escaping @Sendable (Transaction) throws -> Value
    ) async throws -> Value {
        try await suspend { try self.mailbox.put(Self.request(at: milliseconds, body, $0), waitsForRoom: false) }
    }

    /// Runs anything else that the replica offers (joins, deltas, reads), alone and after what was asked before is durable.
    public func access<Value: Sendable>(
        _ body: @escaping @Sendable (ReplicaDirectory) throws -> Value
    ) throws -> Value {
        let reply = Reply<Value>()
        try mailbox.put(Self.request(body, reply), waitsForRoom: true)
        return try reply.wait()
    }

    /// As the blocking one; throws `NodeError.mailboxFull` instead of waiting for room.
    public func access<Value: Sendable>(
        _ body: @escaping @Sendable (ReplicaDirectory) throws -> Value
    ) async throws -> Value {
        try await suspend { try self.mailbox.put(Self.request(body, $0), waitsForRoom: false) }
    }

    /// As the others, for whoever neither blocks nor suspends: `then` is told on the owner's thread, or at once if there is no room.
    func access<Value: Sendable>(
        _ body: @escaping @Sendable (ReplicaDirectory) throws -> Value,
        then: @escaping @Sendable (Result<Value, any Error>) -> Void
    ) {
        do {
            try mailbox.put(Self.request(body, Reply(then)), waitsForRoom: false)
        } catch {
            then(.failure(error))
        }
    }

    /// Serves what waits, refuses what comes, closes the replica, and returns when that is done.
    public func stop() {
        mailbox.close()
        // It settles without an error.
        try? end.wait()
    }

    /// Serves a session; its answer comes through the listener. How much may wait is bounded by the sessions' credit.
    ///
    /// - Returns: false once the owner is stopping.
    func serve(_ work: SessionWork) -> Bool {
        mailbox.putBeyondLimit(OwnerRequest(work: .session(work)) { _ in })
    }

    private static func request<Value>(
        at milliseconds: Int64, _ body: @escaping @Sendable (Transaction) throws -> Value, _ reply: Reply<Value>
    ) -> OwnerRequest {
        OwnerRequest(work: .transaction(at: milliseconds) { reply.hold(try body($0)) }) { reply.settle($0) }
    }

    private static func request<Value>(
        _ body: @escaping @Sendable (ReplicaDirectory) throws -> Value, _ reply: Reply<Value>
    ) -> OwnerRequest {
        OwnerRequest(work: .alone { reply.hold(try body($0)) }) { reply.settle($0) }
    }

    private func suspend<Value: Sendable>(_ put: (Reply<Value>) throws -> Void) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try put(Reply { continuation.resume(with: $0) })
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    /// The owner's thread, from opening to closing.
    private static func run(
        _ mailbox: Mailbox<OwnerRequest>, _ counts: OwnerCountsBox, _ disk: DiskWatch, _ logFrameBound: Int,
        _ listener: OwnerListener?, _ open: () throws -> ReplicaDirectory, _ opened: Reply<Opened>
    ) {
        do {
            let directory = try open()
            opened.hold(Opened(card: directory.card, isBehindHighWater: directory.isBehindHighWater))
            opened.settle(nil)
            var turns = turns(of: directory, counts, disk, logFrameBound, listener)
            while let requests = mailbox.takeAll(waits: !turns.hasWork) {
                let outcome = turns.serve(requests.map { $0.bound(to: directory) })
                guard let listener else { continue }
                if !outcome.replies.isEmpty || !outcome.changed.isEmpty { listener.served(outcome.replies, outcome.changed) }
                if let ailing = outcome.ailing { listener.ailing(ailing) }
                if let incarnation = outcome.incarnation { listener.incarnation(incarnation) }
            }
            // The mark is a witness that may lag behind: closing goes on without it.
            try? directory.writeHighWater()
        } catch {
            mailbox.close()
            opened.settle(error)
        }
    }

    private static func turns(
        of directory: ReplicaDirectory, _ counts: OwnerCountsBox, _ disk: DiskWatch, _ logFrameBound: Int,
        _ listener: OwnerListener?
    ) -> ReplicaTurns {
        var host = ReplicaTurns.Host { listener?.wallClock() ?? 0 }
        if let listener {
            host.verify = listener.verify
            host.renew = { try directory.beginIncarnation(at: $0) }
            var publisher = BasePublisher()
            host.tend = { _ = try publisher.publish(in: $0, of: directory.replica, at: $1) }
        }
        host.explain = { disk.explain($0, in: directory.path, at: listener?.wallClock() ?? 0) }
        host.stored = { transactions in
            disk.clear()
            counts.change {
                $0.transactions += transactions
                $0.commits += 1
            }
        }
        host.checkpointed = {
            // The mark is a witness that may lag behind.
            try? directory.writeHighWater()
            counts.change { $0.checkpoints += 1 }
        }
        return ReplicaTurns(
            directory.replica, for: host, logFrameBound: logFrameBound, decidesRights: listener != nil,
            random: SystemRandomNumberGenerator())
    }
}
