public import Net
internal import Sync

/// What happens on the loop, handed to whom it concerns.
extension NodeService: EventLoopDelegate {
    public func opened(_ connection: ConnectionID, _ opening: Opening) {
        var dialled: Int?
        if case .initiated(let attempt) = opening.origin { dialled = attempts.removeValue(forKey: attempt) }
        switch opening.applicationProtocol {
        case nil: control.begin(connection)
        case Self.sessionProtocol:
            guard let peer = opening.peer else { return loop.close(connection, afterFlush: false) }
            beginSession(on: connection, opening, with: peer, dial: dialled)
        default: beginEnrolment(on: connection, opening)
        }
    }

    public func received(_ bytes: RawSpan, on connection: ConnectionID) {
        if let key = byConnection[connection] {
            receive(bytes, on: key)
        } else if enrolments[connection] != nil {
            takeEnrolment(bytes, on: connection)
        } else {
            takeControl(bytes, on: connection)
        }
    }

    public func drained(_ connection: ConnectionID) {
        guard let key = byConnection[connection], hub[key] != nil else { return }
        loop.resumeReading(connection)
        hub.noteWritable(true, on: key, at: now)
        carryOut()
    }

    public func closed(_ connection: ConnectionID, _ reason: CloseReason) {
        if let key = byConnection[connection] { lose(key, reason) }
        enrolments[connection] = nil
        control.end(connection)
    }

    public func failed(_ attempt: AttemptID, _ reason: CloseReason) {
        guard let index = attempts.removeValue(forKey: attempt) else { return }
        failed(index, reason)
    }

    public func refused(_ address: SocketAddress, at listener: ListenerID, _ reason: CloseReason) {
        log.logOnce(.warning, "refused_connection", about: address.hostText, ["error": reason.name, "reason": "\(reason)"])
    }

    public func changed(_ condition: ListenerCondition, of listener: ListenerID) {
        log.log(.warning, "listener", ["condition": "\(condition)"])
    }
}
