extension Replica {
    /// The scopes that changed since this was last asked, by own transactions or others', ascending: for the owner, who asks
    /// after each commit whom to tell. What is not committed is not among them; after a commit that failed some may be that
    /// have not changed.
    public func takeChangedScopes() -> [Scope] {
        defer { committedScopes.removeAll(keepingCapacity: true) }
        return committedScopes.sorted()
    }
}
