public import CRDT

/// Who holds the registrar's office, and what those who held it before may have decided in it (`Protocol/office.md`).
///
/// The founder holds it until it hands it over; each later term is a grant in the scope `chain`. What the registrar decides is
/// in records of a few collections there, which nobody else writes. A term that its holder handed over ends at a point of that
/// holder's chains: what it writes to those records later counts nowhere. A term that another member took, because its holder is
/// lost, ends at no point, since nobody knows how far that one had come; it is revoked instead. Of two grants of one term one
/// counts; what the other's holder decided before it heard of that is taken, or those who have it would never agree with others.
public struct Office: Hashable, Sendable {
    public struct Term: Hashable, Sendable {
        /// From 1.
        public let number: UInt64
        public let holder: UInt32
        /// Milliseconds since 1970.
        public let since: Int64
        /// Nobody handed it over: the one before is lost.
        public let isTaken: Bool
        /// Up to where the acts of the term before go, by incarnation of its holder.
        public let ended: [Origin: UInt64]

        public init(number: UInt64, holder: UInt32, since: Int64, isTaken: Bool, ended: [Origin: UInt64]) {
            self.number = number
            self.holder = holder
            self.since = since
            self.isTaken = isTaken
            self.ended = ended
        }

        /// Whether the term before had not ended yet when its holder made this transaction.
        fileprivate func includes(_ dot: Dot) -> Bool { isTaken || dot.sequence <= ended[dot.origin] ?? 0 }
    }

    /// The holder of a term whose grant cannot be read here: no member's number.
    public static let unknownHolder: UInt32 = 1 << 24

    /// The collections of the scope `chain` that the registrar alone writes: terms, members, horizons, fences. The protocol's
    /// numbers, because what they mean is not this target's business.
    public static let collections: Set<UInt16> = [0, 1, 2, 40]

    /// Ascending; the founder's own is not among them.
    public private(set) var terms: [Term] = []
    /// Grants of terms that another grant of the same term has won; ascending, in the order in which they lost.
    private var overruled: [Term] = []

    public init() {}

    public var holder: UInt32 { terms.last?.holder ?? Access.founder }

    /// The number of the present term; 0 for the founder's own.
    public var number: UInt64 { terms.last?.number ?? 0 }

    /// Takes a grant in. Of two for one term the one that is added last counts: the record says which one that is.
    public mutating func add(_ term: Term) {
        overruled.removeAll { $0 == term }
        overruled += terms.filter { $0.number == term.number && $0 != term && $0.holder != Self.unknownHolder }
        terms.removeAll { $0.number == term.number }
        let index = terms.firstIndex { $0.number > term.number } ?? terms.endIndex
        terms.insert(term, at: index)
    }

    /// Whether a transaction may have written to the registrar's records.
    public func permits(_ dot: Dot) -> Bool {
        let member = dot.origin.member
        if member == holder || hasRivalled(member) { return true }
        var predecessor = Access.founder
        for term in terms {
            let grants = [term] + overruled.filter { $0.number == term.number }
            if predecessor == member, grants.contains(where: { $0.includes(dot) }) { return true }
            predecessor = term.holder
        }
        return false
    }

    /// Whether a member was granted a term that another one was granted, too: then neither knew at which point it was over.
    private func hasRivalled(_ member: UInt32) -> Bool {
        guard !overruled.isEmpty else { return false }
        let contested = Set(overruled.map(\.number))
        return (terms + overruled).contains { $0.holder == member && contested.contains($0.number) }
    }
}
