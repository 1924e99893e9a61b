/// Turns a line's JSON object into a header or an event, and checks every field by itself.
enum LogDecoder {
    /// Reads the first line. Keys that this version does not know are passed over.
    static func header(_ object: JSONObject) throws(LogError.Problem) -> LogHeader {
        guard let kind = object["k"], try kind.text(bytes: LogLimits.textBytes) == "h" else { throw .noHeader }
        let version = try object.required("v").integer(in: .min ... .max)
        guard version == LogHeader.currentVersion else { throw .unknownVersion(version) }
        return LogHeader(
            version: version,
            seed: try object["seed"]?.integer(in: .min ... .max),
            source: try object["source"]?.text(bytes: LogLimits.sourceBytes),
            stores: try object.required("stores").integer(in: LogLimits.counts),
            days: try object["days"]?.integer(in: LogLimits.counts),
            ordersPerStoreAndDay: try object["perday"]?.integer(in: LogLimits.counts),
            skus: try object.required("skus").integer(in: LogLimits.counts),
            customers: try object.required("customers").integer(in: LogLimits.counts),
            startMilliseconds: try object.required("t0").integer(in: LogLimits.timeMilliseconds))
    }

    /// Reads any other line.
    static func event(_ object: JSONObject) throws(LogError.Problem) -> LogEvent {
        let kind = try object.required("k").text(bytes: LogLimits.textBytes)
        let decoded: LogEvent.Kind
        switch kind {
        case "o": decoded = .order(try order(object))
        case "s": decoded = .status(try statusChange(object))
        case "r": decoded = .receipt(try receipt(object))
        case "c": decoded = .customer(try customerEdit(object))
        case "h": throw .secondHeader
        default: throw .unknownKind(kind)
        }
        return LogEvent(
            number: try object.required("n").integer(in: LogLimits.numbers),
            timeMilliseconds: try object.required("t").integer(in: LogLimits.timeMilliseconds),
            replica: try object.required("r").text(bytes: LogLimits.idBytes),
            kind: decoded)
    }

    private static func order(_ object: JSONObject) throws(LogError.Problem) -> LogOrder {
        try rejectUnknown(object, known: ["k", "n", "t", "r", "id", "c", "pm", "tot", "l", "p"])
        return LogOrder(
            id: try object.required("id").text(bytes: LogLimits.idBytes),
            customer: try object.required("c").text(bytes: 0...LogLimits.idBytes.upperBound),
            payment: try object.required("pm").text(bytes: LogLimits.idBytes),
            totalMinorUnits: try object.required("tot").integer(in: LogLimits.totalMinorUnits),
            lines: try object.required("l").array(limit: LogLimits.orderLines) { (line) throws(LogError.Problem) in
                try line.requireArray(count: 3)
                return LogOrder.Line(
                    sku: try line.element(0).text(bytes: LogLimits.idBytes),
                    quantity: try line.element(1).integer(in: LogLimits.soldQuantity),
                    unitPriceMinorUnits: try line.element(2).integer(in: LogLimits.unitPriceMinorUnits))
            },
            points: try object["p"]?.integer(in: LogLimits.points))
    }

    private static func statusChange(_ object: JSONObject) throws(LogError.Problem) -> LogStatusChange {
        try rejectUnknown(object, known: ["k", "n", "t", "r", "id", "st"])
        let name = try object.required("st").text(bytes: LogLimits.textBytes)
        guard let status = LogStatus(rawValue: name) else { throw .unknownStatus(name) }
        return LogStatusChange(order: try object.required("id").text(bytes: LogLimits.idBytes), status: status)
    }

    private static func receipt(_ object: JSONObject) throws(LogError.Problem) -> LogReceipt {
        try rejectUnknown(object, known: ["k", "n", "t", "r", "id", "l"])
        return LogReceipt(
            id: try object.required("id").text(bytes: LogLimits.idBytes),
            lines: try object.required("l").array(limit: LogLimits.receiptLines) { (line) throws(LogError.Problem) in
                try line.requireArray(count: 2)
                return LogReceipt.Line(
                    sku: try line.element(0).text(bytes: LogLimits.idBytes),
                    quantity: try line.element(1).integer(in: LogLimits.receivedQuantity))
            })
    }

    private static func customerEdit(_ object: JSONObject) throws(LogError.Problem) -> LogCustomerEdit {
        try rejectUnknown(object, known: ["k", "n", "t", "r", "id", "f", "p", "ta", "tr", "g"])
        let fields = try object.required("f").object()
        try rejectUnknown(fields, known: ["phone", "tier", "home"])
        return LogCustomerEdit(
            id: try object.required("id").text(bytes: LogLimits.idBytes),
            phone: try fields["phone"]?.text(bytes: LogLimits.textBytes),
            tier: try fields["tier"]?.text(bytes: LogLimits.textBytes),
            home: try fields["home"]?.text(bytes: LogLimits.textBytes),
            points: try object["p"]?.integer(in: LogLimits.points),
            tagsAdded: try tags(object["ta"]),
            tagsRemoved: try tags(object["tr"]),
            group: try object["g"]?.integer(in: LogLimits.numbers))
    }

    private static func tags(_ value: JSONValue?) throws(LogError.Problem) -> [String] {
        guard let value else { return [] }
        return try value.array(limit: LogLimits.tags) { (tag) throws(LogError.Problem) in
            try tag.text(bytes: LogLimits.idBytes)
        }
    }

    private static func rejectUnknown(_ object: JSONObject, known: [StaticString]) throws(LogError.Problem) {
        if let unknown = object.unknownField(besides: known) { throw .unknownField(unknown) }
    }
}
