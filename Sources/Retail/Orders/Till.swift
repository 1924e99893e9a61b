/// Where a document is made out: a till is a member of the chain, alone in its store or with others.
public struct Till: Hashable, Sendable {
    /// The till's own member number.
    public let member: UInt32
    /// The member number of the store, in whose books and stock it writes.
    public let store: UInt32

    public init(member: UInt32, store: UInt32) {
        (self.member, self.store) = (member, store)
    }

    /// A store with one till.
    public init(_ member: UInt32) {
        self.init(member: member, store: member)
    }
}
