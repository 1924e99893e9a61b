internal import CRDT
public import Replica

/// Who holds the registrar's office.
extension RetailSchema {
    /// In the scope `chain`, by the number of the term. Its number is the lowest, so that in a delta it comes before all that
    /// is decided under it.
    public static let office = Collection(0, "office", [Field(Office.grant, "grant", .register)])

    /// The field numbers of a term of office.
    public enum Office {
        /// Bytes: a grant and its signature (`Protocol/office.md`).
        public static let grant: UInt32 = 1

        /// The digits of a term's number in a record's id.
        static let digits: UInt8 = 8
        /// The highest number of a term.
        public static let termLimit: UInt64 = 99_999_999
    }

    /// - Parameter term: at most `Office.termLimit`.
    public static func office(term: UInt64) -> RecordKey {
        precondition(term <= Office.termLimit, "a term's number has 8 digits")
        return RecordKey(scope: .chain, collection: office.number, id: Identifier(number: term, digits: Office.digits))
    }
}
