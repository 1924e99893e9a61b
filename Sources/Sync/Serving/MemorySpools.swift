internal import CRDT
public import Replica

/// Large deltas on their way out, kept in memory.
public struct MemorySpools {
    /// The cells after which a piece of a large delta ends.
    public var cellTarget = SpoolMaker.cellTarget
    private let replica: Replica

    private struct Kept {
        let scope: Scope
        let base: Cut
        let spool: Spool
        let pieces: [[UInt8]]
        /// Members that it is sent to.
        var users: Set<UInt32>
    }

    /// Until they have arrived: a session goes on with one where another ended. No member gets two of one scope at once.
    private var spools: [SpoolID: Kept] = [:]
    private var lastSpool: UInt64 = 0

    public init(_ replica: Replica) {
        self.replica = replica
    }

    /// - Parameter peer: the member that the request's session speaks with.
    /// - Returns: nil if the request is not about spools.
    public mutating func serve(_ request: SessionRequest, from peer: UInt32) throws -> SessionAnswer? {
        switch request {
        case .spool(let scope, let cut): return .spooled(scope, try spool(scope, cut, from: peer))
        case .piece(let id, let index):
            guard let kept = spools[id] else { return .failed(.internalTrouble(reason: "no such spool")) }
            return .piece(id, index, kept.pieces[index])
        case .forget(let id):
            spools[id]?.users.remove(peer)
            if spools[id]?.users.isEmpty == true { spools[id] = nil }
            return .done
        default: return nil
        }
    }

    private mutating func spool(_ scope: Scope, _ cut: Cut, from peer: UInt32) throws -> Spool? {
        let same = spools.first { $0.value.scope == scope && $0.value.base == cut }?.key
        for (id, kept) in spools where kept.scope == scope && id != same {
            spools[id]?.users.remove(peer)
            if kept.users.subtracting([peer]).isEmpty { spools[id] = nil }
        }
        if let same {
            spools[same]?.users.insert(peer)
            return spools[same]?.spool
        }
        lastSpool += 1
        let id = SpoolID(number: lastSpool)
        var pieces: [[UInt8]] = []
        var maker = SpoolMaker(replica)
        maker.cellTarget = cellTarget
        let spool = try maker.make(id, scope, for: cut) { pieces.append($0) }
        spools[id] = spool.map { Kept(scope: scope, base: cut, spool: $0, pieces: pieces, users: [peer]) }
        return spool
    }
}
