internal import CRDT
public import Replica

/// Serves sessions of one replica at once, on the spot, with spools in memory: for simulations, benchmarks and small replicas
/// that nobody else writes to meanwhile.
public final class DirectServer {
    public var desk: ReplicaDesk
    public var spools: MemorySpools
    private var random: any RandomNumberGenerator
    private let verify: (SignedCheckpoint, _ message: [UInt8]) -> Bool

    /// - Parameter verify: whether a checkpoint bears its origin's signature.
    public init(
        _ replica: Replica, random: any RandomNumberGenerator,
        verify: @escaping (SignedCheckpoint, _ message: [UInt8]) -> Bool = { _, _ in false }
    ) {
        desk = ReplicaDesk(replica)
        spools = MemorySpools(replica)
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
        if let answer = try spools.serve(request, from: peer) { return answer }
        let answer = try desk.serve(request, from: peer, incarnation: random.next(), at: milliseconds, verify: verify)
        while try desk.replica.fold(at: milliseconds) {}
        return answer
    }
}
