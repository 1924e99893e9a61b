import CRDT
import Replica
import Simulation

/// How origins vouch for what others brought, in a schedule.
extension Schedule {
    /// A site hears from another, over a connection of its own, where its chains stand; or is shown its signed word by anybody.
    mutating func vouch(to index: Int) throws {
        let (peer, scope) = (sites.indices.randomElement(using: &random) ?? 0, anyScope())
        let (site, sender) = (sites[index], sites[peer])
        guard index != peer, sender.unacknowledged.allSatisfy(\.value.isEmpty) else { return }
        touched.insert(scope)
        try commit(index)
        for (origin, point) in sender.replica.cut(of: scope).points where origin.member == sender.identity.member {
            if try site.replica.confirm(point, of: origin, in: scope) {
                relayed[index]?.confirm(origin, upTo: point.sequence, in: scope)
            }
        }
        for checkpoint in sender.replica.checkpoints(of: scope) {
            let standing = try site.replica.keep(checkpoint) { $1 == Self.signature(of: $0) }
            let isHeld = site.vector(scope).sequence(of: checkpoint.origin) >= checkpoint.point.sequence
            try require(isHeld == (standing != .ahead), "a checkpoint is \(standing)")
            guard standing == .news else { continue }
            relayed[index]?.confirm(checkpoint.origin, upTo: checkpoint.point.sequence, in: scope)
            let kept = site.replica.checkpoints(of: scope).first { $0.origin == checkpoint.origin }
            try require(kept == checkpoint, "a newer checkpoint is not kept")
        }
        try commit(index)
    }

    mutating func sign(_ index: Int) throws {
        let (site, scope) = (sites[index], anyScope())
        site.intend()
        let checkpoint = try site.replica.ownCheckpoints(of: [scope]) { Self.signature(of: $0) }.first
        site.noteCommit()
        try commit(index)
        guard let checkpoint else { return }
        try require(
            checkpoint.point == site.replica.cut(of: scope)[site.identity.origin], "a checkpoint is not of the head")
        try require(site.replica.checkpoints(of: scope).contains(checkpoint), "an own checkpoint is not kept")
    }

    private static func signature(of message: [UInt8]) -> [UInt8] {
        let hash = SHA256.half(message)
        return [hash.high, hash.low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    }

    mutating func checkMarks(of index: Int, _ scope: Scope) throws {
        let found = RelayModel(of: sites[index].replica)
        let expected = relayed[index] ?? RelayModel()
        let isRight = relayed[index, default: RelayModel()].settle(found, in: scope)
        try require(isRight, "site \(index): \(scope) is marked \(found), not \(expected)")
    }
}
