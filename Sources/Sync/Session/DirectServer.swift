internal import CRDT
public import Replica

/// Serves sessions of one replica at once, on the spot, with spools in memory: for simulations, benchmarks and small replicas
/// that nobody else writes to meanwhile.
public final class DirectServer {
    public var desk: ReplicaDesk
    /// The cells after which a piece of a large delta ends.
    public var cellTarget = SpoolMaker.cellTarget
    private var random: any RandomNumberGenerator
    private struct Kept {
        let base: Cut
        let spool: Spool
        let pieces: [[UInt8]]
    }

    /// The last one of each scope, until it has arrived: a session goes on with it where another one ended.
    private var spools: [Scope: Kept] = [:]
    private var lastSpool: UInt64 = 0
    private let verify: (SignedCheckpoint, _ message: [UInt8]) -> Bool

    /// - Parameter verify: whether a checkpoint bears its origin's signature.
    public init(
        _ replica: Replica, random: any RandomNumberGenerator,
        verify: @escaping (SignedCheckpoint, _ message: [UInt8]) -> Bool = { _, _ in false }
    ) {
        desk = ReplicaDesk(replica)
        self.random = random
        self.verify = verify
    }

    /// - Parameters:
    ///   - peer: the member that the request's session speaks with.
    ///   - milliseconds: the wall clock, in milliseconds since 1970.
    public func serve(_ request: SessionRequest, from peer: UInt32, at milliseconds: Int64) -> SessionAnswer {
        do {
            return try tryServing(request, from: peer, at: milliseconds)
        } catch let error as SessionError {
            return .failed(error)
        } catch let error as ReplicaError {
            return .failed(SessionError(error))
        } catch {
            return .failed(.internalTrouble(reason: "\(error)"))
        }
    }

    private func tryServing(
        _ request: SessionRequest, from peer: UInt32, at milliseconds: Int64
    ) throws -> SessionAnswer {
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
        default:
            let answer = try desk.serve(request, from: peer, incarnation: random.next(), at: milliseconds, verify: verify)
            while try desk.replica.fold(at: milliseconds) {}
            return answer
        }
    }

    private func spool(_ scope: Scope, _ cut: Cut) throws -> Spool? {
        if let kept = spools[scope], kept.base == cut { return kept.spool }
        lastSpool += 1
        let id = SpoolID(number: lastSpool)
        var pieces: [[UInt8]] = []
        var maker = SpoolMaker(desk.replica)
        maker.cellTarget = cellTarget
        let spool = try maker.make(id, scope, for: cut) { pieces.append($0) }
        spools[scope] = spool.map { Kept(base: cut, spool: $0, pieces: pieces) }
        return spool
    }
}
