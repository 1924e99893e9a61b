internal import Foundation
internal import Replica
internal import Sync

/// Looks through rows for sessions that compare a scope, beside the replica's owner, on a thread of its own: a large scope takes
/// seconds, and no till and no large delta waits for that.
final class RowComparer: Sendable {
    private struct Job: Sendable {
        let key: SessionKey
        let turn: RepairTurn
        let peer: RepairPeer
    }

    private let mailbox = Mailbox<Job>(limit: 1 << 20)
    private let end = Reply<Void>()

    /// - Parameters:
    ///   - directory: the replica's.
    ///   - damaged: told, on the comparer's thread, of a record whose row cannot be read.
    ///   - answered: told on the comparer's thread.
    init(
        _ directory: String, damaged: @escaping @Sendable (RecordKey) -> Void,
        answered: @escaping @Sendable (SessionReply) -> Void
    ) {
        let (mailbox, end) = (mailbox, end)
        let thread = Thread {
            while let jobs = mailbox.takeAll() {
                // All were asked before this: one look at the replica, whose state takes long to read, does for all of them.
                let desk = Result { ReplicaDesk(try ReplicaDirectory.read(at: directory).replica) }
                for job in jobs where !mailbox.isClosed {
                    answered(SessionReply(key: job.key, answer: Self.answer(job, desk, damaged)))
                }
            }
            end.hold(())
            end.settle(nil)
        }
        thread.name = "comparer"
        thread.stackSize = 8 << 20
        thread.start()
    }

    deinit { mailbox.close() }

    /// A session asks for one comparison at a time, and answers one.
    func examine(_ turn: RepairTurn, for key: SessionKey, from peer: RepairPeer) {
        _ = mailbox.putBeyondLimit(Job(key: key, turn: turn, peer: peer))
    }

    func stop() {
        mailbox.close()
        try? end.wait()
    }

    private static func answer(
        _ job: Job, _ desk: Result<ReplicaDesk, any Error>, _ damaged: (RecordKey) -> Void
    ) -> SessionAnswer {
        do {
            return try desk.get().examine(job.turn, from: job.peer)
        } catch ReplicaError.damagedRow(let key) {
            damaged(key)
            return .examined(.nothing(of: job.turn))
        } catch let error as SessionError {
            return .failed(error)
        } catch {
            return .failed(.internalTrouble(reason: "\(error)"))
        }
    }
}
