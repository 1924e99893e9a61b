import Net
import Replica
import Sync

/// One store of a load driver: a small replica that answers at once, and its session with HQ while there is one.
final class LoadStore {
    let member: UInt32
    let replica: Replica
    let security: Security
    private(set) var session: Session?
    private(set) var connection: ConnectionID?
    var backOff = BackOff(shortestMilliseconds: 250, longestMilliseconds: 2_000)
    private let server: DirectServer
    private let interest: Interest

    /// - Parameter regions: whose customers it serves.
    init(_ member: UInt32, _ replica: Replica, _ security: Security, regions: Set<UInt32> = [0]) {
        (self.member, self.replica, self.security) = (member, replica, security)
        server = DirectServer(replica, random: SystemRandomNumberGenerator())
        var access = Access()
        access[member].regions = regions
        interest = access.interest(of: member, holding: replica.heldScopes)
    }

    /// Everything that it has is durable at HQ, and HQ's news have come, as far as both know.
    var isIdle: Bool { session?.isIdle ?? false }

    func begin(on connection: ConnectionID, _ chain: Hash128, _ codecs: SessionCodecs, at now: Moment) -> [UInt8] {
        self.connection = connection
        backOff.succeed()
        var access = Access()
        access[member].regions = Set(interest.scopes.filter { $0.kind == .customers }.map(\.member))
        var parameters = SessionParameters(
            chain: chain, origin: replica.identity.origin, peer: Access.founder, isInitiator: true,
            interest: interest, access: access)
        // It holds no record of `chain` that HQ does not send while it runs (`FaninChain`), and would find that out.
        parameters.bounds.comparisonMilliseconds = 86_400_000
        session = Session(parameters, codecs: codecs, at: now)
        return drive(at: now)
    }

    func receive(_ bytes: RawSpan, at now: Moment) -> [UInt8] {
        bytes.withUnsafeBytes { session?.receive($0, at: now) }
        return drive(at: now)
    }

    /// What was written since goes to HQ.
    func push(at now: Moment) -> [UInt8] {
        session?.noteChanges(of: replica.takeChangedScopes(), at: now)
        return drive(at: now)
    }

    func noteWritable(_ isWritable: Bool, at now: Moment) -> [UInt8] {
        session?.noteWritable(isWritable, at: now)
        return drive(at: now)
    }

    func tick(at now: Moment) -> [UInt8] {
        session?.tick(at: now)
        return drive(at: now)
    }

    /// - Returns: why the session had ended by itself; nil if it had not.
    func lose() -> SessionError? {
        defer { (session, connection) = (nil, nil) }
        return session?.end
    }

    /// Serves what the session asks until it asks no more.
    ///
    /// - Returns: what is to be sent.
    private func drive(at now: Moment) -> [UInt8] {
        while true {
            guard let requests = session?.takeRequests(), !requests.isEmpty else { break }
            for request in requests {
                session?.answer(server.serve(request, from: Access.founder, at: now.wall), at: now)
            }
        }
        return session?.takeOutput() ?? []
    }
}
