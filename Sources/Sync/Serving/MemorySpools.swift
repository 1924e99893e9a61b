internal import CRDT
public import Replica

/// Large deltas on their way out, kept in memory.
public struct MemorySpools {
    /// The cells after which a piece of a large delta ends.
    public var cellTarget = SpoolMaker.cellTarget
    private let replica: Replica

    private struct Kept {
        let base: Cut
        let spool: Spool
        let pieces: [[UInt8]]
    }

    /// The last one of each scope, until it has arrived: a session goes on with it where another one ended.
    private var spools: [Scope: Kept] = [:]
    private var lastSpool: UInt64 = 0

    public init(_ replica: Replica) {
        self.replica = replica
    }

    /// - Returns: nil if the request is not about spools.
    public mutating func serve(_ request: SessionRequest) throws -> SessionAnswer? {
        switch request {
        case .spool(let scope, let cut): return .spooled(scope, try spool(scope, cut))
        case .piece(let id, let index):
            guard let kept = spools.values.first(where: { $0.spool.id == id }) else {
                return .failed(.internalTrouble(reason: "no such spool"))
            }
            return .piece(id, index, kept.pieces[index])
        case .forget(let id):
            spools = spools.filter { $0.value.spool.id != id }
            return .done
        default: return nil
        }
    }

    private mutating func spool(_ scope: Scope, _ cut: Cut) throws -> Spool? {
        if let kept = spools[scope], kept.base == cut { return kept.spool }
        lastSpool += 1
        let id = SpoolID(number: lastSpool)
        var pieces: [[UInt8]] = []
        var maker = SpoolMaker(replica)
        maker.cellTarget = cellTarget
        let spool = try maker.make(id, scope, for: cut) { pieces.append($0) }
        spools[scope] = spool.map { Kept(base: cut, spool: $0, pieces: pieces) }
        return spool
    }
}
