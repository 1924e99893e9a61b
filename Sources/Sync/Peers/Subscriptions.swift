public import Replica

/// Who is to hear of a change in which scope: a change in one store's books concerns few of ten thousand sessions.
public struct Subscriptions: Sendable {
    private var byScope: [Scope: Set<SessionKey>] = [:]
    /// The single scopes that each has asked for.
    private var scopes: [SessionKey: [Scope]] = [:]
    /// Those that want all scopes of some kinds.
    private var wide: Set<SessionKey> = []
    /// Those that have told how far things are held here, and do not know yet what the other side wants.
    private var greeting: Set<SessionKey> = []

    public init() {}

    /// A session has begun from this side: until it is known what the other side wants, it hears of everything.
    public mutating func expect(_ key: SessionKey) { greeting.insert(key) }

    /// Does nothing for one that is listed already.
    public mutating func add(_ key: SessionKey, _ interest: Interest) {
        guard scopes[key] == nil else { return }
        greeting.remove(key)
        if interest.kinds != 0 { wide.insert(key) }
        scopes[key] = interest.scopes
        for scope in interest.scopes { byScope[scope, default: []].insert(key) }
    }

    public mutating func remove(_ key: SessionKey) {
        greeting.remove(key)
        wide.remove(key)
        for scope in scopes.removeValue(forKey: key) ?? [] {
            byScope[scope]?.remove(key)
            if byScope[scope]?.isEmpty == true { byScope[scope] = nil }
        }
    }

    /// Whom changes in these scopes concern, ascending, and the scopes that do.
    public func concerned(by changed: [Scope]) -> [(key: SessionKey, scopes: [Scope])] {
        var concerned: [SessionKey: [Scope]] = [:]
        for scope in changed {
            for key in wide { concerned[key, default: []].append(scope) }
            for key in greeting { concerned[key, default: []].append(scope) }
            for key in byScope[scope] ?? [] where !wide.contains(key) { concerned[key, default: []].append(scope) }
        }
        return concerned.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
