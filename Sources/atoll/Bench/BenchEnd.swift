import CRDT
import Replica
import Simulation
import Sync

/// One end of a session within this process: a replica, whose requests are served on the spot.
final class BenchEnd {
    let replica: Replica
    private(set) var session: Session?
    private let server: DirectServer
    private let codecs: SessionCodecs

    var member: UInt32 { replica.identity.member }
    var isOpen: Bool { session?.phase == .open }

    init(_ replica: Replica) throws {
        self.replica = replica
        server = DirectServer(replica, random: SeededRandom(seed: replica.identity.origin.rawValue))
        codecs = try SessionCodecs()
    }

    func begin(with peer: UInt32, asInitiator isInitiator: Bool, at now: Moment) {
        let access = Access()
        session = Session(
            SessionParameters(
                chain: replica.identity.chain, origin: replica.identity.origin, peer: peer, isInitiator: isInitiator,
                interest: access.interest(of: member, holding: replica.heldScopes), access: access),
            codecs: codecs, at: now)
    }

    func receive(_ bytes: [UInt8], at now: Moment) {
        bytes.withUnsafeBytes { session?.receive($0, at: now) }
    }

    /// Tells the session what has changed here.
    func noteChanges(of scopes: [Scope], at now: Moment) {
        session?.noteChanges(of: scopes, at: now)
    }

    /// Serves whatever the session asks.
    ///
    /// - Parameter say: takes what it says then, as soon as it says it.
    func work(at now: Moment, _ say: ([UInt8]) -> Void) {
        sayAll(say)
        while let peer = session?.parameters.peer, let requests = session?.takeRequests(), !requests.isEmpty {
            for request in requests {
                session?.answer(server.serve(request, from: peer, at: now.wall), at: now)
                sayAll(say)
            }
        }
    }

    private func sayAll(_ say: ([UInt8]) -> Void) {
        if let said = session?.takeOutput(), !said.isEmpty { say(said) }
    }

    /// - Throws: why the session ended, or leaves a scope out.
    func checkUnbroken() throws {
        if let error = session?.end { throw BenchError.sessionEnded(error) }
        if let (scope, error) = session?.suspended.min(by: { $0.key < $1.key }) {
            throw BenchError.scopeLeftOut(scope, error)
        }
    }
}
