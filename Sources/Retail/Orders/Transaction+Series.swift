internal import CRDT
internal import Replica

extension Transaction {
    /// Makes a document out: gives it the next number of its till's series, which is final, and chains it to the one before.
    ///
    /// - Parameter year: the legal year, as 2026.
    /// - Returns: the document's number.
    func issue(_ issue: Issue, year: Int, at till: Till) throws -> Identifier {
        let name = try series(.document, of: till, year: year)
        let key = RetailSchema.series(name.id, of: till.store)
        let last = try record(key).integer(RetailSchema.Series.head) ?? 0
        let previous = try last > 0 ? name.document(last) : predecessor(of: key)
        guard last < Self.documentLimit else { throw OrderError.seriesFull(name.id) }
        let number = name.document(last + 1)
        let text = issue.text(as: number, after: try hash(of: previous, in: till.store))
        let order = RetailSchema.order(number, of: till.store)
        for line in issue.lines { try state(line.value, in: RetailSchema.Order.lines, of: order) }
        for line in issue.ordered { try state(line.value, in: RetailSchema.Order.ordered, of: order) }
        for line in issue.returned { try state(line.value, in: RetailSchema.Order.returned, of: order) }
        try settleAccount(issue.payments, of: issue.customer)
        for payment in issue.payments {
            try state(payment.value(for: issue.customer), in: RetailSchema.Order.payments, of: order)
        }
        try state(issue.value(hash: hash(of: Array(text.utf8))), in: RetailSchema.Order.issue, of: order)
        try set(RetailSchema.Series.head, of: key, to: .integer(last + 1))
        return number
    }

    /// Gives the next number of another kind of paper, which is final, too, but not chained.
    func draw(_ kind: SeriesName.Kind, year: Int, at till: Till) throws -> Identifier {
        let name = try series(kind, of: till, year: year)
        let key = RetailSchema.series(name.id, of: till.store)
        let last = try record(key).integer(RetailSchema.Series.head) ?? 0
        guard last < Self.documentLimit else { throw OrderError.seriesFull(name.id) }
        try set(RetailSchema.Series.head, of: key, to: .integer(last + 1))
        return name.document(last + 1)
    }

    static var documentLimit: Int64 { 999_999_999 }

    /// The series in which this machine goes on, which is opened if there is none yet.
    private func series(_ kind: SeriesName.Kind, of till: Till, year: Int) throws -> SeriesName {
        let (first, own) = (
            SeriesName(kind, member: till.member, year: year),
            SeriesName(kind, member: till.member, year: year, incarnation: origin.incarnation)
        )
        for name in [own, first] {
            let opener = try opener(of: RetailSchema.series(name.id, of: till.store))
            if opener == origin { return name }
        }
        // Only the first life of a till's first machine may know what has been printed: it has printed nothing yet.
        let isFirst =
            try closedIncarnations.isEmpty
            && record(RetailSchema.member(till.member)).elements(RetailSchema.Member.replaced).entries.isEmpty
            && !exists(RetailSchema.series(first.id, of: till.store))
        let name = isFirst ? first : own
        let before = kind == .document ? try predecessor(of: till, year: year, besides: name) : nil
        let opened = Value.tuple([.integer(Int64(bitPattern: origin.rawValue)), before.map { .identifier($0) } ?? .empty])
        try set(RetailSchema.Series.opened, of: RetailSchema.series(name.id, of: till.store), to: opened)
        return name
    }

    private func opener(of key: RecordKey) throws -> Origin? {
        let opened = TupleReader(try record(key).value(RetailSchema.Series.opened), atLeast: 1)
        return opened?.integer(0).map { Origin(rawValue: UInt64(bitPattern: $0)) }
    }

    /// The document that a series goes on from.
    private func predecessor(of series: RecordKey) throws -> Identifier? {
        TupleReader(try record(series).value(RetailSchema.Series.opened), atLeast: 2)?.identifier(1)
    }

    /// The last document that is known of the till: out of another life's series of this year, or last year's.
    private func predecessor(of till: Till, year: Int, besides name: SeriesName) throws -> Identifier? {
        let lives = closedIncarnations.map(Optional.some) + [nil]
        let names = [year, year - 1].flatMap { year in
            (lives + [origin.incarnation]).map { SeriesName(member: till.member, year: year, incarnation: $0) }
        }
        for other in names where other != name {
            let head = try record(RetailSchema.series(other.id, of: till.store)).integer(RetailSchema.Series.head)
            if let head { return other.document(head) }
        }
        return nil
    }

    /// The hash that was printed with a document; zeros before the first one, and for one that is not known here.
    private func hash(of number: Identifier?, in store: UInt32) throws -> Hash128 {
        guard let number else { return .zero }
        // Of two that bear this number, this machine's.
        let issued = try issued(number, of: store)
        return (issued.last { $0.fact.run.origin == origin } ?? issued.last)?.hash ?? .zero
    }
}
