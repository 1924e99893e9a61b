public import CRDT
public import Replica

/// What people may edit of a kind of record, field by field: the one description that commands, requests, tables and their
/// documents go by.
public struct Form: Sendable {
    public struct Entry: Sendable {
        public enum Kind: Sendable {
            /// Of at most so many characters, none of them a control character.
            case text(limit: Int)
            /// The id of another record, which must be there if a place is named.
            case identifier(of: (@Sendable (Identifier) -> RecordKey)?)
            case integer(ClosedRange<Int64>)
            /// Milliseconds since 1970.
            case moment
            /// One of some names, each kept as a number.
            case choice([(name: String, value: Int64)])
            /// Several texts in an order that matters, kept as one.
            case texts(limit: Int)
            /// Ids that are added and removed one by one.
            case tags
        }

        /// As people and programs name it: small letters, digits and underlines.
        public let name: String
        public let field: UInt32
        public let kind: Kind
        /// What it says, for whoever fills it in.
        public let help: String

        public init(_ name: String, _ field: UInt32, _ kind: Kind, _ help: String) {
            (self.name, self.field, self.kind, self.help) = (name, field, kind, help)
        }
    }

    /// What is filled in for an entry.
    public enum Input: Hashable, Sendable {
        /// Also where a table or a command line says a number or a time.
        case text(String)
        case integer(Int64)
        case texts([String])
        case tags(adding: [String], removing: [String])
        /// The entry is emptied.
        case nothing
    }

    /// What records of this kind are called.
    public let title: String
    public let entries: [Entry]

    public init(_ title: String, _ entries: [Entry]) {
        (self.title, self.entries) = (title, entries)
    }

    public subscript(name: String) -> Entry? { entries.first { $0.name == name } }
}

/// Why a form was not taken as it was filled in.
public enum FormError: Error, Hashable, Sendable {
    case unknownEntry(String, of: String, known: [String])
    case twice(String)
    case wrongKind(String, expected: String)
    case tooLong(String, limit: Int)
    /// It has a control character in it.
    case unprintable(String)
    case outOfRange(String, ClosedRange<Int64>)
    case unknownChoice(String, known: [String])
    case malformedID(String)
    case unknownReference(String, id: Identifier)
}

extension FormError: Refusal {
    public var problem: Problem {
        switch self {
        case .unknownEntry(let name, let form, let known):
            Problem(
                "unknown-field", field: name, "A \(form) has no such field.",
                remedy: "It has: \(known.joined(separator: ", ")).")
        case .twice(let name):
            Problem("field-twice", field: name, "It is there twice.", remedy: "Say it once.")
        case .wrongKind(let name, let expected):
            Problem("wrong-kind", field: name, "This is not \(expected).", remedy: "Give \(expected).")
        case .tooLong(let name, let limit):
            Problem("too-long", field: name, "It has more than \(limit) characters.", remedy: "Shorten it.")
        case .unprintable(let name):
            Problem("unprintable", field: name, "There is a control character in it.", remedy: "Take it out.")
        case .outOfRange(let name, let range):
            Problem(
                "out-of-range", field: name, "It is not within its bounds.",
                remedy: "Give a whole number from \(range.lowerBound) to \(range.upperBound).")
        case .unknownChoice(let name, let known):
            Problem(
                "unknown-choice", field: name, "There is no such choice.",
                remedy: "Give one of: \(known.joined(separator: ", ")).")
        case .malformedID(let name):
            Problem(
                "malformed-id", field: name, "This is no id.",
                remedy: "Give 1 to \(PlainText.idLimit) bytes without blanks at the ends and without control characters.")
        case .unknownReference(let name, let id):
            Problem(
                "unknown-reference", field: name, "There is no \"\(id)\".", remedy: "Make it first, or name another one.")
        }
    }
}
