internal import CRDT
internal import Replica

/// What a machine writes is stamped later than what it has written before, however its clock was set, and never further ahead than
/// its clock has ever shown by more than a minute: nobody else's clock leads it away.
struct Clocks: Oracle {
    static let name = "clocks"

    private var newcomers = Newcomers()
    /// The latest that each machine's clock has shown, in milliseconds since 1970.
    private var latest: [Int: Int64] = [:]
    private static let allowedMilliseconds: Int64 = 60_000

    mutating func observe(_ observation: Observation, in laboratory: Laboratory) throws {
        guard case .changed(let node, let scopes) = observation, let replica = laboratory.world.nodes[node].replica
        else { return }
        latest[node] = max(latest[node] ?? 0, laboratory.wall(of: node))
        for scope in scopes {
            guard let vector = laboratory.journal.vector(of: replica, in: scope) else { continue }
            for news in newcomers.take(of: scope, at: node, holding: vector, in: laboratory.journal) {
                // What it has made up in another's name it has not stamped as its own.
                guard let first = news.first, let last = news.last, last.node == node,
                    first.dot.origin.member == laboratory.world.nodes[node].member
                else { continue }
                try check(scope, first.dot, upTo: last.dot.sequence, node, laboratory)
            }
        }
    }

    /// Stamps of what the engine has written for itself, or again, say nothing of now.
    private func check(
        _ scope: Scope, _ first: Dot, upTo end: UInt64, _ node: Int, _ laboratory: Laboratory
    ) throws {
        var last = HLC.none
        let start = first.sequence - min(first.sequence, 2)
        for entry in laboratory.journal.entries(of: first.origin, in: scope, beyond: start, upTo: end)
        where entry.stamp != .none && !entry.isWrittenAgain {
            guard entry.stamp > last else {
                throw Self.violation(
                    "\(scope): the transaction \(entry.dot.sequence) is not stamped later than the one before", at: node,
                    in: laboratory)
            }
            last = entry.stamp
        }
        // A copied disk has seen another machine's clock.
        guard laboratory.world.nodes[node].setBackCount == 0 else { return }
        let bound = (latest[node] ?? 0) + Self.allowedMilliseconds
        guard last.milliseconds > bound else { return }
        throw Self.violation(
            "\(scope): the transaction \(end) is stamped \(last.milliseconds - bound) ms further ahead than the machine's clock "
                + "explains", at: node, in: laboratory)
    }
}
