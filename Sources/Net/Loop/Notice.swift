/// Something that the delegate is told at the end of a turn, so that no command calls back while it is being given.
enum Notice {
    case drained(ConnectionID)
    case closed(ConnectionID, CloseReason)
    case failed(AttemptID, CloseReason)
    case refused(SocketAddress, ListenerID, CloseReason)
    case condition(ListenerCondition, ListenerID)

    func tell(_ delegate: any EventLoopDelegate) {
        switch self {
        case .drained(let connection): delegate.drained(connection)
        case .closed(let connection, let reason): delegate.closed(connection, reason)
        case .failed(let attempt, let reason): delegate.failed(attempt, reason)
        case .refused(let address, let listener, let reason): delegate.refused(address, at: listener, reason)
        case .condition(let condition, let listener): delegate.changed(condition, of: listener)
        }
    }
}
