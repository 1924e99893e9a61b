public import CRDT
public import Replica

extension RecordReader {
    /// What a person should know of one record, settled or not; ascending by kind.
    public func inbox(about key: RecordKey) throws -> [InboxEntry] {
        try findings(about: key).map { try entry($0) }.sorted { ($0.kind.rawValue, $0.id) < ($1.kind.rawValue, $1.id) }
    }

    /// That two customers seem to be one, because they have one telephone number: it is found among all customers, not in a record.
    public func duplicate(_ customer: Identifier, _ other: Identifier) throws -> InboxEntry {
        try entry(InboxFinding(customer: min(customer, other), and: max(customer, other)))
    }

    func findings(about key: RecordKey) throws -> [InboxFinding] {
        let findings =
            switch key.collection {
            case RetailSchema.stock.number: try shelf(key) + alerts(key)
            case RetailSchema.transfer.number: try transfer(key)
            case RetailSchema.order.number: try document(key)
            case RetailSchema.returnRight.number: try refunds(key)
            case RetailSchema.writeOff.number: try writeOff(key)
            case RetailSchema.day.number: try late(key)
            default: [InboxFinding]()
            }
        return try findings + differences(key)
    }

    func entry(_ finding: InboxFinding) throws -> InboxEntry {
        let id = finding.id { hash(of: $0) }
        let settlement = RetailSchema.settlement(id, in: finding.subject.scope)
        let words = try facts(RetailSchema.Settled.words, of: settlement).compactMap { Settlement($0.value) }
        return InboxEntry(
            id: id, kind: finding.kind, subject: finding.subject, happened: finding.happened, done: finding.done,
            values: finding.values, ways: finding.ways,
            settlements: words.enumerated().sorted { ($0.element.settled, $0.offset) < ($1.element.settled, $1.offset) }
                .map(\.element))
    }

    private func shelf(_ key: RecordKey) throws -> [InboxFinding] {
        let view = try stock(of: key.id, at: key.scope.member)
        let look = view.count.map { "\($0.reference.stocktake) \($0.reference.taken)" } ?? ""
        var findings: [InboxFinding] = []
        // Who has still to say what moved before the look may make it right again.
        if view.onHand < 0, view.count?.waiting.isEmpty ?? true {
            findings.append(
                InboxFinding(
                    .oversold, key, about: look,
                    "More of \(key.id) left store \(key.scope.member) than its books say was there: \(view.onHand).",
                    done: "Every sale stands; the books go on below 0.",
                    values: StockView.Kind.allCases.filter { view[$0] != 0 }.map { "\($0.name): \(view[$0])" },
                    [.init(name: "accept", help: "it is known; count the shelf, or book in what had come")]))
        }
        for entry in view.count?.variances ?? [] {
            guard let held = view.count?.entries.first(where: { $0.zone == entry.zone }), held.quantity != entry.quantity else {
                continue
            }
            findings.append(
                InboxFinding(
                    .countedTwice, key, about: "\(entry.stocktake) \(entry.zone) \(entry.counter) \(entry.taken)",
                    "\(entry.counter) and \(held.counter) found different numbers of \(key.id) in \(entry.zone) of store "
                        + "\(key.scope.member): \(entry.quantity) and \(held.quantity).",
                    done: "The later look holds: \(held.quantity). They are not added up.",
                    values: [
                        "\(entry.counter): \(entry.quantity) at \(entry.taken)",
                        "\(held.counter): \(held.quantity) at \(held.taken)",
                    ],
                    [.init(name: "accept", help: "the later look is right; else count the shelf again")]))
        }
        return findings
    }

    private func alerts(_ key: RecordKey) throws -> [InboxFinding] {
        let limits = try record(RetailSchema.stockLimit(of: key.id, at: key.scope.member))
        let onHand = try stock(of: key.id, at: key.scope.member).onHand
        func alert(_ kind: InboxEntry.Kind, _ limit: Int64, _ words: String) -> InboxFinding {
            InboxFinding(
                kind, key, about: "\(limit)", "\(onHand) of \(key.id) are in store \(key.scope.member), \(words) \(limit).",
                done: "Nothing; it is over as soon as there are \(kind == .lowStock ? "more" : "fewer").", values: [], [])
        }
        if let low = limits.integer(RetailSchema.StockLimit.low), onHand <= low {
            return [alert(.lowStock, low, "and should be more than")]
        }
        if let high = limits.integer(RetailSchema.StockLimit.high), onHand >= high {
            return [alert(.highStock, high, "and should be fewer than")]
        }
        return []
    }

    private func transfer(_ key: RecordKey) throws -> [InboxFinding] {
        let view = try transfer(key.id, to: key.scope.member)
        guard view.status == .arrived, !view.differences.isEmpty, let sender = view.sender else { return [] }
        return [
            InboxFinding(
                .transferDiffers, key, about: "",
                "\(key.id) from store \(sender) to store \(view.receiver) did not arrive as it was sent.",
                done: "Each store's books say what it counted; what is missing stays in transit, on the sender's account.",
                values: view.differences.map { "\($0.sku): \($0.quantity > 0 ? "+" : "")\($0.quantity)" },
                [
                    .init(name: "lost", help: "it was lost on the way"), .init(name: "not-sent", help: "it never left"),
                    .init(name: "received", help: "it is there, and was not counted"),
                ])
        ]
    }

    private func document(_ key: RecordKey) throws -> [InboxFinding] {
        let issued = try issued(key.id, of: key.scope.member)
        var findings: [InboxFinding] = []
        if issued.count > 1 {
            findings.append(
                InboxFinding(
                    .numberTwice, key, about: issued.map { "\($0.hash)" }.joined(separator: " "),
                    "\(issued.count) documents were printed with the number \(key.id): a machine was copied or put back.",
                    done: "All of them stand, with their own contents; none is renumbered.",
                    values: issued.map { "\($0.hash): \($0.issue.kind.name) at \($0.issue.placed)" },
                    [.init(name: "accept", help: "it is known")]))
        }
        if try order(key.id, of: key.scope.member).current == .recalled {
            findings.append(
                InboxFinding(
                    .cancelledAfterLeaving, key, about: "",
                    "Order \(key.id) of store \(key.scope.member) was cancelled at one place while it left at another.",
                    done: "What has left is booked as gone; the order waits for a decision.", values: [],
                    [
                        .init(name: "returned", help: "the goods come back; take them back as a refund"),
                        .init(name: "upheld", help: "the customer keeps them"),
                    ]))
        }
        if let finding = try wrongClock(key, issued) { findings.append(finding) }
        return findings
    }

    /// A document that is made out well before the one before it in its series was printed by a clock that went back.
    private func wrongClock(_ key: RecordKey, _ issued: [Issued]) throws -> InboxFinding? {
        guard let issue = issued.first, let name = SeriesName("\(key.id)"),
            let number = Int64("\(key.id)".split(separator: "-").last ?? ""),
            number > 1, let before = try self.issued(name.document(number - 1), of: key.scope.member).first,
            before.issue.placed - issue.issue.placed > InboxFinding.clockTolerance
        else { return nil }
        return InboxFinding(
            .wrongClock, key, about: "\(issue.issue.placed)",
            "\(key.id) bears a time before that of \(before.number), which was made out before it: the till's clock was set back.",
            done: "The numbers tell their order; nothing was changed.",
            values: ["\(before.number): \(before.issue.placed)", "\(key.id): \(issue.issue.placed)"],
            [.init(name: "accept", help: "it is known; set the till's clock")])
    }

    private func refunds(_ key: RecordKey) throws -> [InboxFinding] {
        let parts = "\(key.id)".split(separator: RetailSchema.idSeparator).compactMap { Identifier(String($0)) }
        guard parts.count == 2 else { return [] }
        let right = try record(key)
        let goodwill = right.counter(RetailSchema.ReturnRight.goodwill).value
        guard goodwill > 0 else { return [] }
        let sold = try order(parts[0], of: key.scope.member).lines.filter { $0.sku == parts[1] }.map(\.quantity).sumWithinBounds
        let used = Int64(clamping: right.escrow(RetailSchema.ReturnRight.rights).inUse)
        let all = used.addingWithinBounds(goodwill)
        guard sold > 0, all > sold else { return [] }
        return [
            InboxFinding(
                .refundedTwice, key, about: "\(all)",
                "Of \(parts[1]) on \(parts[0]) of store \(key.scope.member) \(sold) were sold, and \(all) were taken back.",
                done: "Each refund stands; what was given without the right came out of goodwill, which is bounded.",
                values: ["by right: \(used)", "out of goodwill: \(goodwill)"], [.init(name: "accept", help: "it is known")])
        ]
    }

    private func writeOff(_ key: RecordKey) throws -> [InboxFinding] {
        let view = try writeOff(key.id, of: key.scope.member)
        guard view.status == .proposed else { return [] }
        return [
            InboxFinding(
                .writeOffWaits, key, about: "",
                "\(key.id) of store \(key.scope.member) is worth \(view.lines.map(\.worth).sumWithinBounds), more than one may say alone.",
                done: "The goods are gone from the books already.",
                values: view.lines.map { "\($0.sku): \($0.quantity) \($0.reason.name)" },
                [
                    .init(name: "approved", help: "somebody agrees"),
                    .init(name: "rejected", help: "somebody does not; have the goods looked for, and counted"),
                ])
        ]
    }

    private func late(_ key: RecordKey) throws -> [InboxFinding] {
        try day(key.id, of: key.scope.member).reports.filter { !$0.late.isEmpty }.map { report in
            InboxFinding(
                .cameLate, key, about: "\(report.closed)",
                "The report \(key.id) of store \(key.scope.member) contains what an earlier one should have had.",
                done: "The earlier report stays as it was printed; these are counted here.",
                values: report.late.map { "\($0.document): \($0.amount) at \($0.placed)" },
                [.init(name: "accept", help: "it is known")])
        }
    }

    /// Fields into which islands wrote different things.
    private func differences(_ key: RecordKey) throws -> [InboxFinding] {
        guard let collection = RetailSchema.schema[key.collection], collection.isForPeople else { return [] }
        let record = try record(key)
        return collection.fields.flatMap { field -> [InboxFinding] in
            switch field.kind {
            case .register, .map: break
            case .set, .progress, .counter, .escrow, .facts: return []
            }
            return Set(record.cells(ofField: field.number).map(\.slot)).sorted().compactMap { slot in
                guard let register = record.register(slot), !register.losers.isEmpty else { return nil }
                let all = [register.winner] + register.losers
                return InboxFinding(
                    .valuesDiffer, key,
                    about: all.map { "\($0.stamp.rawValue) \(InboxFinding.text($0.value))" }.joined(separator: " "),
                    "Two islands wrote different things into \(field.name) of \(collection.name) \(key.id).",
                    done: "The latest one is shown.",
                    values: all.map { cell in
                        "\(InboxFinding.text(cell.value)), by member \(cell.dot.origin.member) at \(cell.stamp.milliseconds)"
                    },
                    all.indices.map { index in
                        .init(name: "\(index + 1)", help: index == 0 ? "keep what is shown" : "take line \(index + 1)")
                    }, field: slot)
            }
        }
    }
}
