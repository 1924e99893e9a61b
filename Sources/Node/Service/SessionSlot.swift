internal import Net
internal import Replica
internal import Sync

/// A session of a node, with its connection and whoever is at the other end. On the loop's thread.
final class SessionSlot {
    let key: SessionKey
    let connection: ConnectionID
    let identity: PeerIdentity
    let remote: SocketAddress
    /// The place in the node's list of those whom it dials; nil if it was dialled.
    let dial: Int?
    let began: Int64
    var session: Session
    /// When the armed timer fires, by the monotonic clock.
    var timerDeadline: Int64?
    var timer: TimerID?
    /// Scopes under which it is listed as a listener of changes.
    var subscriptions: [Scope] = []
    var isSubscribed = false
    var isClosing = false
    var hasBeenOpen = false
    /// Scopes that are left out, as far as the log tells of them.
    var notedSuspensions: Set<Scope> = []
    /// What was taken into account for this node's clock.
    var learnedOffset: ClockOffset?

    init(
        _ key: SessionKey, on connection: ConnectionID, _ identity: PeerIdentity, at remote: SocketAddress, dial: Int?,
        began: Int64, _ session: Session
    ) {
        self.key = key
        self.connection = connection
        self.identity = identity
        self.remote = remote
        self.dial = dial
        self.began = began
        self.session = session
    }
}

/// Who is to hear of a change in which scope: a change in one store's books concerns few of ten thousand sessions.
struct Subscriptions {
    private var byScope: [Scope: Set<SessionKey>] = [:]
    /// Those that want all scopes of some kinds.
    private var wide: Set<SessionKey> = []
    /// Those that have told how far things are held here, and do not know yet what the other side wants.
    private var greeting: Set<SessionKey> = []

    mutating func expect(_ slot: SessionSlot) { greeting.insert(slot.key) }

    mutating func add(_ slot: SessionSlot) {
        guard !slot.isSubscribed, let interest = slot.session.hello?.interest else { return }
        slot.isSubscribed = true
        greeting.remove(slot.key)
        if interest.kinds != 0 { wide.insert(slot.key) }
        slot.subscriptions = interest.scopes
        for scope in interest.scopes { byScope[scope, default: []].insert(slot.key) }
    }

    mutating func remove(_ slot: SessionSlot) {
        greeting.remove(slot.key)
        wide.remove(slot.key)
        for scope in slot.subscriptions {
            byScope[scope]?.remove(slot.key)
            if byScope[scope]?.isEmpty == true { byScope[scope] = nil }
        }
        (slot.subscriptions, slot.isSubscribed) = ([], false)
    }

    /// Whom changes in these scopes concern, ascending, and the scopes that do.
    func concerned(by scopes: [Scope]) -> [(key: SessionKey, scopes: [Scope])] {
        var concerned: [SessionKey: [Scope]] = [:]
        for scope in scopes {
            for key in wide { concerned[key, default: []].append(scope) }
            for key in greeting { concerned[key, default: []].append(scope) }
            for key in byScope[scope] ?? [] where !wide.contains(key) { concerned[key, default: []].append(scope) }
        }
        return concerned.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
