public import CRDT

/// What a chain's records mean: collections and fields under permanent numbers.
///
/// A number never changes its meaning and is never used again. Records of collections and fields that a schema does not know
/// are joined, kept and passed on like all others.
public struct Schema: Sendable {
    public let collections: [Collection]
    /// By number.
    private let byNumber: [Collection?]

    public init(_ collections: [Collection]) {
        self.collections = collections
        var byNumber = [Collection?](repeating: nil, count: collections.reduce(0) { max($0, Int($1.number) + 1) })
        for collection in collections {
            precondition(byNumber[Int(collection.number)] == nil, "a collection's number is declared once")
            byNumber[Int(collection.number)] = collection
        }
        self.byNumber = byNumber
    }

    public subscript(number: UInt16) -> Collection? {
        Int(number) < byNumber.count ? byNumber[Int(number)] : nil
    }
}

/// A kind of record.
public final class Collection: Sendable {
    public let number: UInt16
    public let name: String
    public let fields: [Field]
    /// Whether a person is to look at values that were written without seeing each other; else the one that is read is all that
    /// counts: what a program notes for other programs.
    public let isForPeople: Bool

    public init(_ number: UInt16, _ name: String, _ fields: [Field], isForPeople: Bool = true) {
        precondition(Set(fields.map(\.number)).count == fields.count, "a field's number is declared once")
        self.number = number
        self.name = name
        self.fields = fields
        self.isForPeople = isForPeople
        isRanked = fields.contains { $0.kind.isRanked }
    }

    /// Whether anything in such a record is ranked by stamps, which are then stored with it.
    let isRanked: Bool

    subscript(number: UInt32) -> Field? {
        for field in fields where field.number == number { return field }
        return nil
    }
}

/// A part of a record, and what a write to it replaces.
public final class Field: Sendable {
    public enum Kind: Sendable {
        case register
        case map
        case set
        case progress(Lattice)
        case counter
        /// Rights, and what is done before a request for them is decided: whoever asks may be the first to, and what this replica has
        /// to give is brought into being only then.
        case escrow(supply: @Sendable (Transaction, RecordKey) throws -> Void = { _, _ in })
        /// Facts, and how they move counters: whoever states one counts its movements in the same transaction.
        case facts(movements: @Sendable (RecordKey, Value) -> [Movement])

        var isRanked: Bool {
            switch self {
            case .register, .map, .progress: true
            case .set, .counter, .escrow, .facts: false
            }
        }
    }

    public let number: UInt32
    public let name: String
    public let kind: Kind

    public init(_ number: UInt32, _ name: String, _ kind: Kind) {
        precondition(number < Limits.field, "a field's number is within its limit")
        self.number = number
        self.name = name
        self.kind = kind
    }
}

/// What a fact does to a counter.
public struct Movement: Hashable, Sendable {
    public let key: RecordKey
    public let field: UInt32
    public let amount: Int64

    public init(_ key: RecordKey, _ field: UInt32, _ amount: Int64) {
        self.key = key
        self.field = field
        self.amount = amount
    }
}
