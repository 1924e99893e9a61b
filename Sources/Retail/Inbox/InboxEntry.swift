public import CRDT
public import Replica

/// Something that joined, and that a person should know of or decide: what happened, what the program did, and which ways out there are.
///
/// Entries are worked out of the records themselves, so that everybody who holds the same records sees the same entries, and one that
/// is over is gone by itself.
public struct InboxEntry: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        /// More was sold than the books say was there.
        case oversold
        /// No more is there than the store wants to have at least; over as soon as there is.
        case lowStock = "low-stock"
        /// As much is there as the store wants to have at most, or more.
        case highStock = "high-stock"
        /// People counted the same shelf and found different numbers.
        case countedTwice = "counted-twice"
        /// A transfer arrived with less or more than was sent.
        case transferDiffers = "transfer-differs"
        /// An order was cancelled at one place while it left at another.
        case cancelledAfterLeaving = "cancelled-after-leaving"
        /// Two documents bear one number.
        case numberTwice = "number-twice"
        /// More was given back of a sold line than was sold.
        case refundedTwice = "refunded-twice"
        /// A write-off above the limit waits for somebody's word.
        case writeOffWaits = "write-off-waits"
        /// Islands wrote different things into one field.
        case valuesDiffer = "values-differ"
        /// A clock at a till went back, or is far ahead.
        case wrongClock = "wrong-clock"
        /// A report contains documents that an earlier one should have had.
        case cameLate = "came-late"
        /// Two customers seem to be one.
        case duplicateCustomer = "duplicate-customer"
    }

    /// A way out.
    public struct Way: Hashable, Sendable {
        /// As people and programs name it.
        public let name: String
        public let help: String
    }

    /// What it is known by everywhere: the same thing has the same id on every replica, and another one another.
    public let id: Identifier
    public let kind: Kind
    /// The record that it is about.
    public let subject: RecordKey
    /// What happened, and where: a sentence.
    public let happened: String
    /// What the program did: a sentence.
    public let done: String
    /// Values that were lost, or differ: one line each.
    public let values: [String]
    /// None of what is over by itself only.
    public let ways: [Way]
    /// What people have decided, the first word first: it is the one that holds.
    public let settlements: [Settlement]

    public var isSettled: Bool { !settlements.isEmpty }
}

/// What somebody decided about an entry of the inbox.
public struct Settlement: Hashable, Sendable {
    /// Milliseconds since 1970.
    public let settled: Int64
    /// The name of the way that was gone.
    public let way: String
    public let clerk: Identifier?
    public let note: String
}

extension Settlement {
    /// A fact.
    var value: Value {
        .tuple([.moment(settled), .text(way), clerk.map { .identifier($0) } ?? .empty, .text(note)])
    }

    init?(_ value: Value) {
        guard let items = TupleReader(value, atLeast: 2), let settled = items.moment(0), let way = items.text(1) else {
            return nil
        }
        self.init(settled: settled, way: way, clerk: items.identifier(2), note: items.text(3) ?? "")
    }
}

extension RetailSchema {
    /// What people have decided about an entry of the inbox. In the scope of the record that it is about, by the entry's id.
    public static let settlement = Collection(
        18, "settlement", [Field(Settled.words, "words", .facts { _, _ in [] })])

    /// The field numbers of a settlement.
    public enum Settled {
        /// Facts: (moment, text way, id clerk or empty, text note).
        public static let words: UInt32 = 1
    }

    public static func settlement(_ id: Identifier, in scope: Scope) -> RecordKey {
        RecordKey(scope: scope, collection: settlement.number, id: id)
    }
}
