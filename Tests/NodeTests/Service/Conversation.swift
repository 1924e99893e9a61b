import CRDT
import Net
import Replica
import Sync

/// A session that is carried on by the protocol's own code, but with a false name, or deaf to some of what is asked.
final class Conversation: Talk {
    private let server: DirectServer
    private var session: Session
    private let ignores: (SessionRequest) -> Bool

    /// - Parameter origin: who it says that it is; nil for the truth.
    init(
        _ replica: Replica, as origin: Origin? = nil, ignoring ignores: @escaping (SessionRequest) -> Bool = { _ in false }
    ) throws {
        var access = Access()
        // Its own program lets it write anywhere.
        access[replica.identity.member] = .init()
        let identity = replica.identity
        let parameters = SessionParameters(
            chain: identity.chain, origin: origin ?? identity.origin, peer: 0, isInitiator: true,
            interest: access.interest(of: identity.member, holding: replica.heldScopes), access: access)
        session = Session(parameters, codecs: try SessionCodecs(), at: Self.now)
        server = DirectServer(replica, random: SystemRandomNumberGenerator())
        self.ignores = ignores
    }

    private static var now: Moment { Moment(monotonic: monotonicMilliseconds(), wall: TestChain.now) }

    func take(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { session.receive($0, at: Self.now) }
        return goOn()
    }

    /// Serves what the session asks of its replica.
    func goOn() -> [UInt8] {
        while true {
            let requests = session.takeRequests()
            guard !requests.isEmpty else { return session.takeOutput() }
            for request in requests where !ignores(request) {
                session.answer(server.serve(request, from: 0, at: TestChain.now), at: Self.now)
            }
        }
    }
}
