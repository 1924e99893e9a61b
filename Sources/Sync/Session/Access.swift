public import Replica

/// Who may hold what, and who may write where: what a session checks before anything is joined or told.
///
/// Headquarters, of which a chain may have several, hold all and write everywhere, but that the registrar alone writes to some
/// records of the scope `chain` (`Office`). A store holds what all share, its own books and stock, and any shelf and
/// mailbox; it writes to its own, to the customers of its regions, and to mailboxes. A till that is one of several in a store does
/// so in that store's besides. Kinds of scopes that this version does not know are their member's own.
public struct Access: Hashable, Sendable {
    public struct Member: Hashable, Sendable {
        /// May not sync any more.
        public var isRevoked = false
        /// Whose customers it serves.
        public var regions: Set<UInt32> = [0]
        /// Holds everything.
        public var isHeadquarters = false
        /// The store in whose books and stock it writes besides its own, because it is one of the tills there.
        public var store: UInt32?

        public init(
            isRevoked: Bool = false, regions: Set<UInt32> = [0], isHeadquarters: Bool = false, store: UInt32? = nil
        ) {
            self.isRevoked = isRevoked
            self.regions = regions
            self.isHeadquarters = isHeadquarters
            self.store = store
        }
    }

    /// The headquarters that founded the chain.
    public static let founder: UInt32 = 0

    /// Who decides for the chain.
    public var office = Office()

    /// Those that are not like any other.
    private var exceptions: [UInt32: Member]

    public init(exceptions: [UInt32: Member] = [:]) {
        self.exceptions = exceptions
    }

    public subscript(member: UInt32) -> Member {
        get { exceptions[member] ?? Member() }
        set { exceptions[member] = newValue == Member() ? nil : newValue }
    }

    public func isHeadquarters(_ member: UInt32) -> Bool {
        member == Self.founder || member == office.holder || self[member].isHeadquarters
    }

    /// How far a member's clock is from the registrar's, which the chain follows.
    public func stratum(of member: UInt32) -> UInt8 {
        member == office.holder ? 0 : isHeadquarters(member) ? 1 : 2
    }

    public func mayRead(_ member: UInt32, _ scope: Scope) -> Bool {
        if isHeadquarters(member) { return true }
        return switch scope.kind {
        case .chain, .stock, .mailbox: true
        case .customers: self[member].regions.contains(scope.member)
        case .books: isOwn(scope, of: member)
        case nil: scope.member == member
        }
    }

    public func mayWrite(_ member: UInt32, _ scope: Scope) -> Bool {
        if isHeadquarters(member) { return true }
        return switch scope.kind {
        case .chain: false
        case .customers: self[member].regions.contains(scope.member)
        case .books, .stock: isOwn(scope, of: member)
        case nil: scope.member == member
        case .mailbox: true
        }
    }

    private func isOwn(_ scope: Scope, of member: UInt32) -> Bool {
        scope.member == member || scope.member == self[member].store
    }

    /// What a member takes in: headquarters everything; a store what all share, its own, and whatever it holds already.
    public func interest(of member: UInt32, holding held: some Sequence<Scope>) -> Interest {
        guard !isHeadquarters(member) else { return .everything }
        let places = [member] + (self[member].store.map { [$0] } ?? [])
        let own = [.chain] + places.flatMap { [Scope(.books, of: $0), Scope(.stock, of: $0), Scope(.mailbox, of: $0)] }
        let customers = self[member].regions.map { Scope(.customers, of: $0) }
        return Interest(kinds: 0, scopes: own + customers + held)
    }
}
