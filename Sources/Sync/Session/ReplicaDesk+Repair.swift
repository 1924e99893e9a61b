internal import CRDT
internal import Replica

/// Comparing and mending, and going on around damage.
extension ReplicaDesk {
    /// So many damaged rows are set aside on the way of one request: a disk that damages more is no use.
    private static let damagedRowLimit = 1024

    /// Does something again without the damaged rows that it meets, which are set aside, to be fetched from a peer.
    public func aroundDamage<Result>(_ body: () throws -> Result) throws -> Result {
        for _ in 0..<Self.damagedRowLimit {
            do {
                return try body()
            } catch ReplicaError.damagedRow(let key) {
                guard try replica.quarantineIfDamaged(key) else { throw ReplicaError.damagedRow(key: key) }
            }
        }
        return try body()
    }

    /// What moved on since the other side spoke, or is set aside here, comes to nothing, and is no fault.
    func serveRepair(_ request: SessionRequest, at milliseconds: Int64) throws -> SessionAnswer {
        let desk = RepairDesk(replica)
        switch request {
        case .inspect(let scope, let forPeer): return .inspected(desk.standing(of: scope), forPeer: forPeer)
        case .examine(let turn, let peer): return try examine(turn, from: peer)
        case .take(let step, let peer):
            let nothing = RepairTurn.unable(step.reply.scope, isAnswer: step.reply.isAnswer)
            return .taken(try orNothing(nothing) { try desk.take(step, from: peer) })
        case .find(let scope, let keys):
            return .found(try orNothing(.nothing(of: scope)) { try desk.find(keys, of: scope) })
        case .mend(let scope, let mendings, let peer):
            let standing = try orNothing(nil) { try desk.mend(mendings, from: peer, at: milliseconds) }
            return .mended(standing ?? desk.standing(of: scope))
        default: preconditionFailure("only what is about repair comes here")
        }
    }

    /// Compares what the other side says of a scope with what is held. It only reads: for a large scope a reader's snapshot does
    /// it as well.
    public func examine(_ turn: RepairTurn, from peer: RepairPeer) throws -> SessionAnswer {
        .examined(try orNothing(.nothing(of: turn)) { try RepairDesk(replica).examine(turn, from: peer) })
    }

    private func orNothing<Result>(_ nothing: Result, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as ReplicaError {
            switch error {
            case .folding, .cutsDiffer, .quarantined, .forked: return nothing
            case .damagedRow: throw error
            default: throw SessionError.refused(reason: "\(error)")
            }
        }
    }
}
