/// A recorded run as the JSON that the page's script reads. In lists of columns
/// a number below 0 says how often the one before it repeats.
struct PictureData {
    private let record: RunRecord

    init(_ record: RunRecord) {
        self.record = record
    }

    var text: String {
        let members = [
            ("wall", "\(record.wall)"), ("end", "\(record.end)"), ("workEnd", "\(record.workEnd)"),
            ("column", "\(record.columnMilliseconds)"), ("lanes", Self.list(record.lanes.map(lane))), ("spans", spans),
            ("transfers", transfers), ("marks", marks), ("missing", missing), ("violation", violation),
        ]
        return Self.object(members)
    }

    private func lane(_ lane: RunLane) -> String {
        var members = [
            ("sales", Self.runs(lane.sales.counts)), ("writes", Self.runs(lane.otherWrites.counts)),
            ("refused", Self.runs(lane.refused.counts)), ("sent", Self.runs(lane.sent.counts)),
            ("received", Self.runs(lane.received.counts)),
        ]
        for kind in RunSpan.Kind.allCases where kind == .differs || record.spans[kind].map({ $0.omittedCount > 0 }) ?? false {
            // In hundredths of a column, rounded up: nothing vanishes.
            let width = Int(record.columnMilliseconds)
            let shares = (lane.shares[kind]?.counts ?? []).map { ($0 * 100 + width - 1) / width }
            members.append((kind.rawValue, Self.runs(shares)))
        }
        return Self.object(members.filter { $0.1 != "[]" })
    }

    private var spans: String {
        Self.object(
            RunSpan.Kind.allCases.map { kind in
                let kept = record.spans[kind]
                return (
                    kind.rawValue,
                    Self.kept(kept?.items ?? [], kept?.least ?? 0, kept?.omittedCount ?? 0) {
                        "\($0.lane),\($0.start),\($0.end)"
                    }
                )
            })
    }

    private var transfers: String {
        let kept = record.transfers
        return Self.kept(kept.items, kept.least, kept.omittedCount) { "\($0.from),\($0.to),\($0.time),\($0.transactions)" }
    }

    private var marks: String {
        let items = record.marks.marks.map { mark in
            "[\(mark.lane),\"\(mark.kind.rawValue)\",\(mark.time),\(mark.count),\(PageText.json(mark.detail))]"
        }
        return Self.object([("spacing", "\(record.marks.spacing)"), ("items", Self.list(items))])
    }

    private var missing: String {
        let (even, last) = (record.missing.points.dropLast().map(\.measure), record.missing.points.last?.measure)
        return Self.object([
            ("step", "\(record.missing.step)"), ("somewhere", Self.runs(even.map(\.somewhere))),
            ("most", Self.runs(even.map(\.most))), ("lane", Self.runs(even.map(\.lane))),
            ("last", last.map { "[\($0.somewhere),\($0.most),\($0.lane)]" } ?? "null"),
        ])
    }

    private var violation: String {
        guard let violation = record.violation else { return "null" }
        return Self.object([
            ("oracle", PageText.json(violation.oracle)), ("time", "\(violation.milliseconds)"),
            ("lane", violation.node.map { "\($0)" } ?? "null"), ("detail", PageText.json(violation.detail.excerpt)),
        ])
    }

    private static func kept<Item>(_ items: [Item], _ least: Int64, _ omitted: Int, _ text: (Item) -> String) -> String {
        object([("least", "\(least)"), ("omitted", "\(omitted)"), ("items", list(items.map { "[\(text($0))]" }))])
    }

    private static func runs(_ values: [Int]) -> String {
        var runs: [(value: Int, repetitions: Int)] = []
        for value in values {
            if runs.last?.value == value { runs[runs.count - 1].repetitions += 1 } else { runs.append((value, 0)) }
        }
        return list(runs.map { $0.repetitions == 0 ? "\($0.value)" : "\($0.value),-\($0.repetitions)" })
    }

    private static func list(_ items: [String]) -> String { "[" + items.joined(separator: ",") + "]" }

    private static func object(_ members: [(String, String)]) -> String {
        "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
    }
}
