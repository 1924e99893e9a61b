internal import CRDT
public import Replica

/// Serves sessions of one replica at once, on the spot, with spools in memory: for simulations, benchmarks and small replicas
/// that nobody else writes to meanwhile.
public final class DirectServer {
    public let desk: ReplicaDesk
    private var random: any RandomNumberGenerator
    private var spools: [SpoolID: [[UInt8]]] = [:]
    /// Spools that were not acknowledged, for a session that goes on where another one ended.
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
            guard let piece = spools[id]?[index] else { return .failed(.internalTrouble(reason: "no such spool")) }
            return .piece(id, index, piece)
        case .forget(let id):
            spools[id] = nil
            return .done
        default:
            let answer = try desk.serve(request, from: peer, incarnation: random.next(), at: milliseconds, verify: verify)
            while try desk.replica.fold(at: milliseconds) {}
            return answer
        }
    }

    private func spool(_ scope: Scope, _ cut: Cut) throws -> Spool? {
        lastSpool += 1
        let id = SpoolID(number: lastSpool)
        var pieces: [[UInt8]] = []
        let spool = try SpoolMaker(desk.replica).make(id, scope, for: cut) { pieces.append($0) }
        if spool != nil { spools[id] = pieces }
        return spool
    }
}
