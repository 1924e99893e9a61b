public import CRDT
public import Replica

extension Transaction {
    /// Opens a till's day.
    ///
    /// - Parameters:
    ///   - date: the business day, as 20260302.
    ///   - float: minor units in the drawer.
    ///   - opened: milliseconds since 1970.
    /// - Returns: the day's number, which is final.
    public func openDay(
        _ date: Int64, float: Int64, by clerk: Identifier? = nil, opened: Int64, at till: Till
    ) throws -> Identifier {
        guard (1970...2099).contains(date / 10_000), (1...12).contains(date / 100 % 100), (1...31).contains(date % 100) else {
            throw DayError.dateOutOfRange
        }
        guard (0...Money.limit).contains(float) else { throw DayError.amountOutOfRange(field: "float") }
        guard OrderRules.moments.contains(opened) else { throw DayError.momentOutOfRange(field: "opened") }
        if let day = try openDay(at: till) { throw DayError.open(day.id) }
        let number = try draw(.day, year: Int(date / 10_000), at: till)
        let key = RetailSchema.day(number, of: till.store)
        try set(RetailSchema.Day.opened, of: key, to: .moment(opened))
        try set(RetailSchema.Day.date, of: key, to: .integer(date))
        try set(RetailSchema.Day.float, of: key, to: .integer(float))
        if let clerk { try set(RetailSchema.Day.clerk, of: key, to: .identifier(clerk)) }
        try advance(RetailSchema.Day.status, of: key, to: DayStatus.open.rawValue)
        return number
    }

    /// Puts cash into a till's drawer besides sales, or takes it out.
    ///
    /// - Parameters:
    ///   - day: nil: the one that is open at the till.
    ///   - amount: minor units, below 0 if it is taken out.
    ///   - moved: milliseconds since 1970.
    public func moveCash(
        _ amount: Int64, because reason: String, by clerk: Identifier? = nil, moved: Int64, on day: Identifier? = nil,
        at till: Till
    ) throws {
        guard (-Money.limit...Money.limit).contains(amount), amount != 0 else {
            throw DayError.amountOutOfRange(field: "amount")
        }
        guard OrderRules.moments.contains(moved) else { throw DayError.momentOutOfRange(field: "moved") }
        guard reason.count <= 200, reason.utf8.count <= 800, PlainText.isPrintable(reason) else {
            throw DayError.text(field: "reason")
        }
        let movement = DayView.CashMovement(moved: moved, amount: amount, reason: reason, clerk: clerk)
        try state(
            movement.value, in: RetailSchema.Day.cash, of: RetailSchema.day(try require(day, at: till).id, of: till.store))
    }

    /// Closes a till's day: what its report contains is named in it, and its figures never change. What of the till's work is heard of
    /// only later, from a life of its machine that was lost, goes visibly into the next one.
    ///
    /// - Parameters:
    ///   - day: nil: the one that is open at the till.
    ///   - counted: minor units in the drawer, by whoever has counted them without seeing what should be there.
    ///   - closed: milliseconds since 1970.
    @discardableResult
    public func closeDay(
        _ day: Identifier? = nil, counting counted: Int64, by clerk: Identifier? = nil, closed: Int64, at till: Till
    ) throws -> DayView {
        guard (0...Money.limit).contains(counted) else { throw DayError.amountOutOfRange(field: "counted") }
        guard OrderRules.moments.contains(closed) else { throw DayError.momentOutOfRange(field: "closed") }
        let day = try require(day, at: till)
        var work = try DayWork(of: till, closedBy: origin, in: self)
        let isIncluded = try record(RetailSchema.settingsKey).integer(RetailSchema.Settings.taxIsIncluded) != 0
        work.figures.addTaxes(isIncluded: isIncluded)
        work.figures.addCash(float: day.float, moved: day.movements.map(\.amount), counted: counted)
        let key = RetailSchema.day(day.id, of: till.store)
        let closing = DayView.Report.closing(at: closed, counted: counted, by: clerk, upTo: work.cut)
        try state(closing, in: RetailSchema.Day.closing, of: key)
        for value in work.figures.values { try state(value, in: RetailSchema.Day.figures, of: key) }
        for series in work.series { try state(series.value, in: RetailSchema.Day.series, of: key) }
        for late in work.late { try state(late.value, in: RetailSchema.Day.late, of: key) }
        for span in work.contents.spans { try state(span.value, in: RetailSchema.Day.contents, of: key) }
        try advance(RetailSchema.Day.status, of: key, to: DayStatus.closed.rawValue)
        return try self.day(day.id, of: till.store)
    }

    private func require(_ id: Identifier?, at till: Till) throws -> DayView {
        guard let id else {
            guard let day = try openDay(at: till) else { throw DayError.none }
            return day
        }
        let day = try day(id, of: till.store)
        guard day.till == till.member, let status = day.status else { throw DayError.unknown(id) }
        guard status == .open else { throw DayError.closed(id) }
        return day
    }
}

extension RecordReader {
    /// The day that goes on at a till; nil if none does. An earlier life of its machine may have opened it.
    public func openDay(at till: Till) throws -> DayView? {
        try days(of: till.store).last { $0.till == till.member && $0.status == .open }
    }
}
