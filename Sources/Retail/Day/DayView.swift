public import CRDT
public import Replica

/// A till's business day as a person reads it.
public struct DayView: Hashable, Sendable {
    /// Cash that came or went besides sales.
    public struct CashMovement: Hashable, Sendable {
        /// Milliseconds since 1970.
        public let moved: Int64
        /// Minor units; below 0 it was taken out of the drawer.
        public let amount: Int64
        public let reason: String
        public let clerk: Identifier?
    }

    /// What was printed as the day was closed.
    public struct Report: Hashable, Sendable {
        /// The first and the last document of a series, and how many the report contains of it.
        public struct Series: Hashable, Sendable {
            public let first: Identifier
            public let last: Identifier
            public let count: Int64
        }

        /// A document that an earlier report should have had: it was made out before that one, and was not known here then.
        public struct Late: Hashable, Sendable {
            public let document: Identifier
            /// Milliseconds since 1970.
            public let placed: Int64
            /// Minor units.
            public let amount: Int64
        }

        /// Milliseconds since 1970.
        public let closed: Int64
        public let clerk: Identifier?
        public let figures: DayFigures
        public let series: [Series]
        public let late: [Late]
        public let contents: DayContents
        /// Up to where the till's own transactions in the store's books were looked at.
        let cut: VersionVector
    }

    public let id: Identifier
    public let store: UInt32
    /// The till's member number.
    public let till: UInt32
    /// As 20260302; nil if nothing of the day's beginning has arrived yet.
    public let date: Int64?
    /// Milliseconds since 1970.
    public let opened: Int64?
    /// Minor units in the drawer as it was opened.
    public let float: Int64
    public let clerk: Identifier?
    public let status: DayStatus?
    public let movements: [CashMovement]
    /// One once it is closed; several if two machines have closed a day of one number without knowing of each other.
    public let reports: [Report]

    public init(_ key: RecordKey, _ record: Record, runOf: (Dot) -> Run?) {
        typealias Field = RetailSchema.Day
        (id, store, till) = (key.id, key.scope.member, SeriesName("\(key.id)")?.member ?? key.scope.member)
        date = record.integer(Field.date)
        opened = record.moment(Field.opened)
        float = record.integer(Field.float) ?? 0
        clerk = record.identifier(Field.clerk)
        status = record.progress(Field.status, in: DayStatus.lattice).joined.flatMap(DayStatus.init(rawValue:))
        movements = record.facts(Field.cash, runOf: runOf).compactMap { CashMovement($0.value) }
        let said = [Field.figures, Field.series, Field.late, Field.contents].map { record.facts($0, runOf: runOf) }
        reports = record.facts(Field.closing, runOf: runOf).compactMap { closing in
            /// What the same transaction said.
            let own = said.map { facts in
                facts.filter { $0.id.run == closing.id.run && $0.id.sequence == closing.id.sequence }.map(\.value)
            }
            return Report(
                closing.value, DayFigures(own[0]), own[1].compactMap { Report.Series($0) },
                own[2].compactMap { Report.Late($0) },
                DayContents(own[3]))
        }
    }
}

extension DayView.CashMovement {
    var value: Value {
        .tuple([.moment(moved), .integer(amount), .text(reason), clerk.map { .identifier($0) } ?? .empty])
    }

    init?(_ value: Value) {
        guard let items = TupleReader(value, atLeast: 3), let moved = items.moment(0), let amount = items.integer(1),
            let reason = items.text(2)
        else { return nil }
        self.init(moved: moved, amount: amount, reason: reason, clerk: items.identifier(3))
    }
}

extension DayView.Report {
    fileprivate init?(
        _ closing: Value, _ figures: DayFigures, _ series: [Series], _ late: [Late], _ contents: DayContents
    ) {
        guard let items = TupleReader(closing, atLeast: 4), let closed = items.moment(0), let bytes = items.bytes(3) else {
            return nil
        }
        (self.closed, clerk) = (closed, items.identifier(2))
        (self.figures, self.series, self.late, self.contents) = (figures, series, late, contents)
        cut = bytes.withUnsafeBytes { raw in
            var reader = ByteReader(raw)
            return (try? VersionVector(decoding: &reader, limit: 1 << 16)) ?? VersionVector()
        }
    }

    /// The fact by which a day is closed.
    static func closing(at moment: Int64, counted: Int64, by clerk: Identifier?, upTo cut: VersionVector) -> Value {
        var writer = ByteWriter()
        cut.encode(into: &writer)
        return .tuple([.moment(moment), .integer(counted), clerk.map { .identifier($0) } ?? .empty, .bytes(writer.bytes)])
    }
}

extension DayView.Report.Series {
    var value: Value { .tuple([.identifier(first), .identifier(last), .integer(count)]) }

    fileprivate init?(_ value: Value) {
        guard let items = TupleReader(value, atLeast: 3), let first = items.identifier(0), let last = items.identifier(1),
            let count = items.integer(2)
        else { return nil }
        self.init(first: first, last: last, count: count)
    }
}

extension DayView.Report.Late {
    var value: Value { .tuple([.identifier(document), .moment(placed), .integer(amount)]) }

    fileprivate init?(_ value: Value) {
        guard let items = TupleReader(value, atLeast: 3), let document = items.identifier(0), let placed = items.moment(1),
            let amount = items.integer(2)
        else { return nil }
        self.init(document: document, placed: placed, amount: amount)
    }
}

extension RecordReader {
    public func day(_ id: Identifier, of store: UInt32) throws -> DayView {
        let key = RetailSchema.day(id, of: store)
        return DayView(key, try record(key)) { run(of: $0, in: key.scope) }
    }

    /// The days of a store's tills, ascending by number.
    public func days(of store: UInt32) throws -> [DayView] {
        try keys(of: Scope(.books, of: store), collection: RetailSchema.day.number).map { try day($0.id, of: store) }
    }
}
