public import CRDT
public import Replica

/// A till's business days.
extension RetailSchema {
    /// In a store's books, by the day's number.
    public static let day = Collection(
        16, "day",
        [
            Field(Day.opened, "opened", .register), Field(Day.date, "date", .register), Field(Day.float, "float", .register),
            Field(Day.clerk, "clerk", .register), Field(Day.status, "status", .progress(DayStatus.lattice)),
            Field(Day.cash, "cash", .facts { _, _ in [] }), Field(Day.closing, "closing", .facts { _, _ in [] }),
            Field(Day.figures, "figures", .facts { _, _ in [] }), Field(Day.series, "series", .facts { _, _ in [] }),
            Field(Day.late, "late", .facts { _, _ in [] }), Field(Day.contents, "contents", .facts { _, _ in [] }),
        ])

    /// The field numbers of a day. What a report says are facts, stated in the transaction that closes the day: nothing can change them.
    public enum Day {
        public static let opened: UInt32 = 1
        /// The business day that it counts for: an integer, as 20260302.
        public static let date: UInt32 = 2
        /// Minor units in the drawer as it is opened.
        public static let float: UInt32 = 3
        public static let clerk: UInt32 = 4
        public static let status: UInt32 = 5
        /// Facts of cash that came or went besides sales: (moment, integer amount, text why, id clerk or empty).
        public static let cash: UInt32 = 6
        /// Facts: (moment, integer cash counted, id clerk or empty, bytes vector up to which the till's transactions were looked at).
        public static let closing: UInt32 = 7
        /// Facts: (id name, integer), as `DayFigures` says.
        public static let figures: UInt32 = 8
        /// Facts: (id first document, id last, integer count), of each series of which the report contains some.
        public static let series: UInt32 = 9
        /// Facts of documents that an earlier report should have had: (id document, moment, integer amount).
        public static let late: UInt32 = 10
        /// Facts: which transactions the report contains, as `DayContents` says.
        public static let contents: UInt32 = 11
    }

    public static func day(_ id: Identifier, of store: UInt32) -> RecordKey {
        RecordKey(scope: Scope(.books, of: store), collection: day.number, id: id)
    }
}

/// Whether a till's day still goes on.
public enum DayStatus: Int64, CaseIterable, Sendable {
    case open = 0
    case closed = 1

    public var name: String { self == .open ? "open" : "closed" }

    public static let lattice = Lattice([
        Lattice.State(open.rawValue, open.name), Lattice.State(closed.rawValue, closed.name, follows: [open.rawValue]),
    ])
}
