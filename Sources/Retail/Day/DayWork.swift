internal import CRDT
internal import Replica

/// What a till has done that no report of it contains yet.
struct DayWork {
    var figures = DayFigures()
    private(set) var series: [DayView.Report.Series] = []
    private(set) var late: [DayView.Report.Late] = []
    private(set) var contents = DayContents()
    /// Up to where the till's own transactions were looked at.
    let cut: VersionVector

    /// - Parameter own: the machine that closes the day.
    init(of till: Till, closedBy own: Origin, in reader: some RecordReader) throws {
        let books = Scope(.books, of: till.store)
        let reports = try reader.days(of: till.store).filter { $0.till == till.member }.flatMap(\.reports)
        var earlier = DayContents()
        for report in reports { earlier.formUnion(report.contents) }
        let looked = reports.reduce(VersionVector()) { $0.joined(with: $1.cut) }
        let now = reader.vector(of: books)
        cut = VersionVector(now.entries.filter { $0.origin.member == till.member })
        let lastClosed = reports.map(\.closed).max()
        let floor = VersionVector(
            now.entries.filter { $0.origin.member != till.member }
                + looked.entries.map { .init(origin: $0.origin, sequence: min($0.sequence, now.sequence(of: $0.origin))) })
        for key in try Self.changed(in: books, beyond: floor, reader) {
            try take(key, of: till, closedBy: own, without: earlier, lastClosed, reader)
        }
        series.sort { $0.first < $1.first }
        if !late.isEmpty { figures.add(Int64(late.count), to: "late documents") }
    }

    private static func changed(
        in books: Scope, beyond floor: VersionVector, _ reader: some RecordReader
    ) throws -> [RecordKey] {
        let collections = [RetailSchema.order.number, RetailSchema.accountPayment.number]
        guard case .changes(let keys) = try reader.feed(of: books, beyond: floor) else {
            return try collections.flatMap { try reader.keys(of: books, collection: $0) }
        }
        return keys.filter { collections.contains($0.collection) }
    }

    private mutating func take(
        _ key: RecordKey, of till: Till, closedBy own: Origin, without earlier: DayContents, _ lastClosed: Int64?,
        _ reader: some RecordReader
    ) throws {
        var contents = contents
        /// The facts that are news, which are in the report from now on.
        func news(_ field: UInt32) throws -> [Value] {
            try reader.facts(field, of: key).filter { fact in
                guard fact.id.run.origin.member == till.member, !earlier.contains(fact.id.run, fact.id.sequence) else {
                    return false
                }
                contents.insert(fact.id.run, fact.id.sequence, closedBy: own)
                return true
            }.map(\.value)
        }
        if key.collection == RetailSchema.accountPayment.number {
            for payment in try news(RetailSchema.AccountPayment.payments).compactMap(Payment.init) {
                figures.add(payment)
                figures.add(payment.amount, to: "on account")
            }
        } else {
            typealias Field = RetailSchema.Order
            // Of an order out of a recorded log nobody has made out a document here.
            guard try !reader.facts(Field.issue, of: key).isEmpty else { return }
            let sold = try news(Field.lines).compactMap(SaleLine.init)
            let returned = try news(Field.returned).compactMap(ReturnedLine.init)
            for line in sold { figures.add(sold: line) }
            for line in returned { figures.add(returned: line) }
            for payment in try news(Field.payments).compactMap(Payment.init) { figures.add(payment) }
            for issue in try news(Field.issue).compactMap({ TupleReader($0, atLeast: 5) }) {
                guard let kind = issue.integer(0).flatMap(OrderKind.init(rawValue:)), let placed = issue.moment(1) else {
                    continue
                }
                count(key.id, kind)
                guard let lastClosed, placed <= lastClosed else { continue }
                let amount = (sold.map(\.amount) + returned.map { -$0.amount }).sumWithinBounds
                late.append(.init(document: key.id, placed: placed, amount: amount))
            }
        }
        self.contents = contents
    }

    private mutating func count(_ number: Identifier, _ kind: OrderKind) {
        figures.add(1, to: "documents \(kind.name)")
        let name = SeriesName("\(number)")
        guard let index = series.firstIndex(where: { SeriesName("\($0.first)") == name }) else {
            return series.append(.init(first: number, last: number, count: 1))
        }
        let known = series[index]
        series[index] = .init(first: min(known.first, number), last: max(known.last, number), count: known.count + 1)
    }
}
