/// Which session a node has with which member: one at most.
///
/// Two nodes may dial each other at the same moment. Of the two connections the one that the lower member has dialled stays, so
/// that both ends choose the same; of two that the same side has dialled, the later.
public struct PeerTable: Sendable {
    private struct Entry {
        let key: SessionKey
        let isInitiator: Bool
    }

    private let own: UInt32
    private var entries: [UInt32: Entry] = [:]

    /// - Parameter own: the member that has the table.
    public init(of own: UInt32) {
        self.own = own
    }

    public enum Admission: Hashable, Sendable {
        /// There is no other session with the member.
        case alone
        /// This one must be ended, as superseded.
        case replaces(SessionKey)
        /// The new one must be ended, as superseded.
        case superseded
    }

    public subscript(member: UInt32) -> SessionKey? { entries[member]?.key }

    /// - Parameters:
    ///   - isInitiator: whether this node has dialled.
    ///   - isGreeting: whether a session has not heard from the other side yet. It makes room: nobody knows whether there is
    ///     anyone.
    public mutating func admit(
        _ key: SessionKey, of member: UInt32, asInitiator isInitiator: Bool, isGreeting: (SessionKey) -> Bool
    ) -> Admission {
        let entry = Entry(key: key, isInitiator: isInitiator)
        guard let other = entries[member], member != own else {
            entries[member] = entry
            return .alone
        }
        let isRightOne = isInitiator != other.isInitiator && other.isInitiator == (own < member)
        if isRightOne, !isGreeting(other.key) { return .superseded }
        entries[member] = entry
        return .replaces(other.key)
    }

    /// A session has ended, or is about to.
    public mutating func remove(_ key: SessionKey, of member: UInt32) {
        if entries[member]?.key == key { entries[member] = nil }
    }
}
