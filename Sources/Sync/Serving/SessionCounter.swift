internal import CRDT
internal import Replica

/// Serves sessions on the owner's thread: joins that have waited together are one commit; what must wait for a large cut to be
/// folded in waits, and whatever the same session asks after it.
struct SessionCounter {
    private let desk: ReplicaDesk
    private let host: ReplicaTurns.Host
    private var random: any RandomNumberGenerator
    private var joins: [SessionWork] = []
    private var joinedRecords = 0
    private var wordsOfJoined: [SessionWork] = []
    private var waiting: [SessionWork] = []
    private var replies: [SessionReply] = []

    /// A commit of joins takes in no more records, so that no till waits for long.
    private static let recordsAtOnce = 2000

    init(_ replica: Replica, for host: ReplicaTurns.Host, random: any RandomNumberGenerator) {
        desk = ReplicaDesk(replica)
        (self.host, self.random) = (host, random)
    }

    /// Whether something may be done without being asked: there is a cut to fold in.
    var hasFoldsLeft: Bool { !desk.replica.foldingScopes.isEmpty }

    mutating func serve(_ work: SessionWork) {
        let folding = desk.replica.foldingScopes
        if waiting.contains(where: { $0.key == work.key }) || work.foldedScopes.contains(where: folding.contains) {
            waiting.append(work)
            return
        }
        guard case .join(let deltas, _) = work.request else {
            if work.isWordOfJoined, joins.contains(where: { $0.key == work.key }) {
                wordsOfJoined.append(work)
                return
            }
            // Order matters to what changes something, and what is said of a scope follows what was joined there.
            if !work.foldedScopes.isEmpty, joins.contains(where: { $0.key == work.key }) { commitJoins() }
            return reply(to: work)
        }
        joins.append(work)
        joinedRecords += deltas.reduce(0) { $0 + $1.records.count }
        if joinedRecords >= Self.recordsAtOnce { commitJoins() }
    }

    /// Joins what has gathered, in one commit if nothing of it is refused.
    mutating func commitJoins() {
        if joins.count > 1, let joined = joinedTogether() {
            replies += joined
        } else {
            for work in joins { reply(to: work) }
        }
        (joins, joinedRecords) = ([], 0)
        for work in wordsOfJoined { reply(to: work) }
        wordsOfJoined = []
    }

    /// - Returns: nil if something is refused, so that each must be joined by itself to find out what.
    private func joinedTogether() -> [SessionReply]? {
        var deltas: [(delta: Delta, from: UInt32?)] = []
        var answered: [SessionReply] = []
        for work in joins {
            guard case .join(let list, let ordinal) = work.request else { continue }
            deltas += list.map { ($0, work.peer) }
            answered.append(SessionReply(key: work.key, answer: .joined(ordinal: ordinal, refused: [:])))
        }
        let milliseconds = joins.map(\.milliseconds).max() ?? 0
        guard (try? desk.replica.join(deltas, at: milliseconds)) != nil else { return nil }
        return answered
    }

    /// Folds one chunk of a cut in, then serves what has waited for the last of them.
    mutating func fold(at milliseconds: Int64) {
        do {
            _ = try desk.aroundDamage { try desk.replica.fold(at: milliseconds) }
        } catch {
            // Damage, or a fork that another peer brought between staging and this: those who wait must hear of it.
            for work in waiting {
                replies.append(SessionReply(key: work.key, answer: .failed(trouble(error))))
            }
            waiting = []
        }
        guard !waiting.isEmpty else { return }
        let works = waiting
        waiting = []
        for work in works { serve(work) }
        commitJoins()
    }

    mutating func takeReplies() -> [SessionReply] {
        defer { replies = [] }
        return replies
    }

    /// What the other side hears of something that does not work here: of a full disk no more than that.
    private func trouble(_ error: any Error) -> SessionError {
        _ = host.explain(error)
        guard case StorageError.diskFull = error else { return .internalTrouble(reason: "\(error)") }
        return .internalTrouble(reason: "the disk is full")
    }

    private mutating func reply(to work: SessionWork) {
        let replica = desk.replica
        let answer: SessionAnswer
        do {
            answer = try desk.serve(
                work.request, from: work.peer, incarnation: random.next(), at: work.milliseconds
            ) { [host] checkpoint, message in host.verify(checkpoint, message, replica) }
        } catch let error as SessionError {
            answer = .failed(error)
        } catch let error as ReplicaError {
            answer = .failed(SessionError(error))
        } catch {
            answer = .failed(trouble(error))
        }
        replies.append(SessionReply(key: work.key, answer: answer))
    }
}
