internal import CRDT
internal import Replica

/// Tills' days, and the inbox.
extension ShopOperation {
    static let days: [ShopOperation] = [
        ShopOperation(
            "day", "open", "Open this till's day",
            [
                Parameter("date", .integer, "the business day, as 20260302; today if it is not said"),
                Parameter("float", .integer, "minor units in the drawer"), Parameter("clerk", "who opens it"),
            ]
        ) { transaction, counter, filled in
            let number = try transaction.openDay(
                filled.integer("date") ?? counter.date, float: filled.integer("float") ?? 0, by: filled.id("clerk"),
                opened: counter.now, at: counter.till)
            return ["number": .text("\(number)")]
        },
        ShopOperation(
            "day", "cash", "Put cash into the drawer, or take it out",
            [
                .required("amount", .integer, "minor units; below 0 it is taken out"), .required("reason", "why"),
                Parameter("clerk", "who does it"), Parameter("day", "its number; the open one if it is not said"),
            ]
        ) { transaction, counter, filled in
            try transaction.moveCash(
                filled.requiredInteger("amount"), because: filled.text("reason") ?? "", by: filled.id("clerk"),
                moved: counter.now,
                on: filled.id("day"), at: counter.till)
            return ["amount": .optional(filled.integer("amount"))]
        },
        ShopOperation(
            "day", "close", "Count the drawer and close this till's day: its report never changes any more",
            [
                .required("counted", .integer, "minor units in the drawer"), Parameter("clerk", "who has counted"),
                Parameter("day", "its number; the open one if it is not said"),
            ]
        ) { transaction, counter, filled in
            let day = try transaction.closeDay(
                filled.id("day"), counting: filled.requiredInteger("counted"), by: filled.id("clerk"), closed: counter.now,
                at: counter.till)
            return day.shown
        },
        ShopOperation(
            "day", "show", "Show a day and its report",
            [.required("number", "its number"), Parameter("store", .store, "the store; this one if it is not said")]
        ) {
            replica, _, counter, filled in
            let (number, store) = (try filled.requiredID("number"), try replica.store("store", in: filled, at: counter))
            let day = try replica.day(number, of: store)
            guard day.status != nil else { throw DayError.unknown(number) }
            return day.shown
        },
        ShopOperation(
            "day", "report", "Report a business day of all stores that are known here, and say which tills are missing",
            [Parameter("date", .integer, "as 20260302; today if it is not said")]
        ) { replica, _, counter, filled in
            let day = try replica.chainDay(filled.integer("date") ?? counter.date)
            return [
                "date": .integer(day.date), "stores": .integer(Int64(day.stores.count)),
                "complete": .integer(Int64(day.completeCount)),
                "figures": day.figures.shown,
                "by_store": .list(
                    day.stores.map { store in
                        [
                            "store": .integer(Int64(store.number)), "complete": .flag(store.isComplete),
                            "missing_tills": .text(store.missing.map { "\($0)" }.joined(separator: " ")),
                            "heard": .optional(store.heard),
                            "sold": .integer(store.figures["sold"]), "returned": .integer(store.figures["returned"]),
                        ]
                    }),
            ]
        },
    ]

    static let inbox: [ShopOperation] = [
        ShopOperation(
            "inbox", "list", "List what joined and needs a person",
            [Parameter("settled", .flag, "also what was settled"), Parameter("kind", "only these")]
        ) { _, tables, _, filled in
            let kind = filled.text("kind")
            return try tables.objects(
                "SELECT id, kind, store, happened, done, differing, ways, settled, way, clerk, note, scope || '.' || collection || '.' || record AS about FROM inbox WHERE (?1 = 1 OR settled IS NULL) AND (?2 IS NULL OR kind = ?2) ORDER BY store, kind, id",
                [.integer(filled.flag("settled") ? 1 : 0), .optional(kind)])
        },
        ShopOperation(
            "inbox", "settle", "Settle an entry of the inbox",
            [
                .required("id", "the entry"), .required("way", "one of its ways out"),
                Parameter("about", "the record that it is about, as the list says; looked up if it is not said"),
                Parameter("by", "who decides"),
                Parameter("note", "what is to be said of it"),
            ]
        ) { transaction, counter, filled in
            guard let id = filled.text("id").flatMap({ Identifier($0) }) else { throw DeskError.malformedID("id") }
            guard let about = filled.text("about").flatMap(RecordKey.init(told:)),
                let entry = try transaction.entries(about: about).first(where: { $0.id == id })
            else { throw InboxError.unknown(id) }
            try transaction.settle(
                entry, as: filled.text("way") ?? "", note: filled.text("note") ?? "", by: filled.id("by"), settled: counter.now)
            return ["id": .text("\(id)"), "way": .optional(filled.text("way"))]
        },
    ]
}

extension RecordReader {
    /// - Parameter key: of a record, or of two customers that seem to be one.
    fileprivate func entries(about key: RecordKey) throws -> [InboxEntry] {
        let pair = "\(key.id)".split(separator: RetailSchema.idSeparator).compactMap { Identifier(String($0)) }
        guard key.collection == RetailSchema.customer.number, pair.count == 2 else { return try inbox(about: key) }
        return [try duplicate(pair[0], pair[1])]
    }
}

extension RecordKey {
    /// - Parameter text: the numbers of scope and collection, and the id, with full stops between.
    fileprivate init?(told text: String) {
        let parts = text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let scope = UInt32(parts[0]), scope >> 27 == 0, let collection = UInt16(parts[1]),
            let id = Identifier(parts[2])
        else { return nil }
        self.init(scope: Scope(rawValue: scope), collection: collection, id: id)
    }
}

extension ShopOperation {
    /// Looks up what a person does not know: about which record an entry of the inbox is.
    ///
    /// - Parameter tables: up to date with the replica.
    public static func completed(_ value: DeskValue, for operation: ShopOperation, from tables: ShopTables) throws -> DeskValue
    {
        guard operation.parameters.contains(where: { $0.name == "about" }), case .object(let members) = value,
            value["about"] == nil,
            case .text(let id)? = value["id"],
            case .text(let about)? = try tables.rows(
                "SELECT scope || '.' || collection || '.' || record FROM inbox WHERE id = ?", [.text(id)]
            ).first?.first
        else { return value }
        return .object(members + [.init("about", .text(about))])
    }
}

extension DayFigures {
    fileprivate var shown: DeskValue { .object(amounts.sorted { $0.key < $1.key }.map { .init($0.key, .integer($0.value)) }) }
}

extension DayView {
    fileprivate var shown: DeskValue {
        [
            "number": .text("\(id)"), "store": .integer(Int64(store)), "till": .integer(Int64(till)), "date": .optional(date),
            "opened": .optional(opened),
            "status": .optional(status?.name),
            "reports": .list(
                reports.map { report in
                    [
                        "closed": .integer(report.closed), "clerk": .optional(report.clerk.map { "\($0)" }),
                        "figures": report.figures.shown,
                        "series": .list(
                            report.series.map {
                                ["first": .text("\($0.first)"), "last": .text("\($0.last)"), "count": .integer($0.count)]
                            }),
                        "late": .list(
                            report.late.map {
                                [
                                    "document": .text("\($0.document)"), "placed": .integer($0.placed),
                                    "amount": .integer($0.amount),
                                ]
                            }),
                    ]
                }),
        ]
    }
}
