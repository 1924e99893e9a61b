internal import Foundation
internal import Net

/// Somebody who wants to become a member, or a member that wants a new certificate.
struct EnrolmentCall {
    let peer: PeerIdentity?
    let remote: SocketAddress
    var frame = EnrolmentFrame()
}

extension NodeService {
    /// How many may ask at once: each costs a look into the invitations.
    private static let enrolmentLimit = 256
    private static let enrolmentMilliseconds: Int64 = 15_000

    func beginEnrolment(on connection: ConnectionID, _ opening: Opening) {
        guard enrolments.count < Self.enrolmentLimit else {
            log.logOnce(.warning, "enrolments_exceeded", about: "enrolment", ["limit": String(Self.enrolmentLimit)])
            return loop.close(connection, afterFlush: false)
        }
        enrolments[connection] = EnrolmentCall(peer: opening.peer, remote: opening.remote)
        // Whoever stops in the middle is not waited for; an answer that is due by then is given all the same.
        loop.after(milliseconds: Self.enrolmentMilliseconds) { [self] in
            guard enrolments[connection] != nil else { return }
            loop.close(connection, afterFlush: false)
        }
    }

    func takeEnrolment(_ bytes: RawSpan, on connection: ConnectionID) {
        guard var call = enrolments.removeValue(forKey: connection) else { return }
        let body: [UInt8]?
        do {
            body = try call.frame.take(bytes)
        } catch {
            log.logOnce(.warning, "enrolment_refused", about: call.remote.hostText, ["reason": "\(error)"])
            return loop.close(connection, afterFlush: false)
        }
        guard let body else {
            enrolments[connection] = call
            return
        }
        let (peer, remote, clock) = (call.peer, call.remote, clock)
        ask({ try EnrolmentServer($0).answer(body, from: peer, at: clock.milliseconds) }) { [self] result in
            if let outcome = try? result.get() {
                note(outcome.event, remote)
                loop.send(outcome.reply, on: connection)
            }
            loop.close(connection, afterFlush: true)
        }
    }

    private func note(_ event: EnrolmentOutcome.Event, _ remote: SocketAddress) {
        switch event {
        case .enrolled(let member, let name): log.log(.info, "enrolled", ["member": String(member), "name": name])
        case .renewed(let member, let name): log.log(.info, "renewed", ["member": String(member), "name": name])
        case .refused(let refusal):
            log.logOnce(.warning, "enrolment_refused", about: remote.hostText, ["reason": "\(refusal)"])
        case .failed(let error): log.log(.error, "enrolment_failed", ["reason": "\(error)"])
        }
    }
}
