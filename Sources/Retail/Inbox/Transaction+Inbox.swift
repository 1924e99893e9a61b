public import CRDT
public import Replica

/// Why an entry of the inbox was not settled. Nothing was written.
public enum InboxError: Error, Hashable, Sendable {
    /// It is over, or has not come up here.
    case unknown(Identifier)
    case unknownWay(String, known: [String])
    case malformedNote
    case momentOutOfRange
}

extension InboxError: Refusal {
    public var problem: Problem {
        switch self {
        case .unknown(let id):
            Problem(
                "unknown-entry", field: "id", "There is no entry \(id) in the inbox here.",
                remedy: "It may be over by itself: look at the inbox again.")
        case .unknownWay(let way, let known):
            Problem(
                "unknown-way", field: "way", "There is no way out called \(way).",
                remedy: "Choose one of: \(known.joined(separator: ", ")).")
        case .malformedNote:
            Problem(
                "malformed-text", field: "note", "This text is too long, or there is a control character in it.",
                remedy: "Give at most 1000 characters.")
        case .momentOutOfRange: OrderError.momentOutOfRange(field: "settled").problem
        }
    }
}

extension Transaction {
    /// Settles an entry of the inbox: does what the way says, and keeps the word. Of two words from two islands both are kept, and the
    /// first one holds.
    ///
    /// - Parameters:
    ///   - settled: milliseconds since 1970.
    public func settle(
        _ entry: InboxEntry, as way: String, note: String = "", by clerk: Identifier? = nil, settled: Int64
    ) throws {
        guard entry.ways.contains(where: { $0.name == way }) else {
            throw InboxError.unknownWay(way, known: entry.ways.map(\.name))
        }
        guard note.count <= 1000, note.utf8.count <= 4000, PlainText.isPrintable(note, linesAllowed: true) else {
            throw InboxError.malformedNote
        }
        guard OrderRules.moments.contains(settled) else { throw InboxError.momentOutOfRange }
        try act(on: entry, as: way, by: clerk)
        let word = Settlement(settled: settled, way: way, clerk: clerk, note: note)
        try state(word.value, in: RetailSchema.Settled.words, of: RetailSchema.settlement(entry.id, in: entry.subject.scope))
    }

    private func act(on entry: InboxEntry, as way: String, by clerk: Identifier?) throws {
        let (id, store) = (entry.subject.id, entry.subject.scope.member)
        guard entry.kind != .duplicateCustomer else {
            // Found among all records, not in this one.
            guard let other = entry.values.last.flatMap({ Identifier($0) }), try exists(RetailSchema.customer(other)) else {
                throw InboxError.unknown(entry.id)
            }
            return way == "merge" ? try merge(customer: other, into: id) : ()
        }
        let findings = try findings(about: entry.subject)
        guard let finding = findings.first(where: { $0.id { hash(of: $0) } == entry.id }) else {
            throw InboxError.unknown(entry.id)
        }
        switch entry.kind {
        case .transferDiffers:
            guard let outcome = TransferOutcome(name: way) else { return }
            try settle(transfer: id, to: store, as: outcome)
        case .cancelledAfterLeaving:
            guard let status = OrderStatus(name: way) else { return }
            try settleRecalled(id, of: store, as: status)
        case .writeOffWaits:
            guard let approver = clerk else { throw FormError.malformedID("clerk") }
            try decide(writeOff: id, of: store, as: way == "approved" ? .approved : .rejected, by: approver)
        case .valuesDiffer:
            guard let slot = finding.field, let register = try record(entry.subject).register(slot), let line = Int(way) else {
                return
            }
            try take((([register.winner] + register.losers)[line - 1]).value, into: slot, of: entry.subject)
        case .oversold, .lowStock, .highStock, .countedTwice, .numberTwice, .refundedTwice, .wrongClock, .cameLate,
            .duplicateCustomer:
            break
        }
    }

    private func take(_ value: Value?, into slot: SlotKey, of key: RecordKey) throws {
        guard let value else { return try remove(slot.field, slot.element, of: key) }
        if slot.element == .none {
            try set(slot.field, of: key, to: value)
        } else {
            try set(slot.field, slot.element, of: key, to: value)
        }
    }
}
