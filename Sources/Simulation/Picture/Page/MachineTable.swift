/// What the lanes show, in numbers.
struct MachineTable {
    private let record: RunRecord

    init(_ record: RunRecord) {
        self.record = record
    }

    private static let heads = [
        "machine", "sales", "other writes", "refused", "sent", "received", "off", "line cut", "differs from HQ", "last met HQ",
        "power failures", "kills",
    ]

    var html: String {
        var counts: [RunMark.Kind: [Int: Int]] = [:]
        for mark in record.marks.marks { counts[mark.kind, default: [:]][mark.lane, default: 0] += mark.count }
        let meetings = meetings
        let rows = record.lanes.enumerated().map { index, lane in
            let cut = [RunSpan.Kind.cut, .cutUp, .cutDown].reduce(0) { $0 + Self.length(lane, $1) }
            let cells =
                [lane.sales, lane.otherWrites, lane.refused, lane.sent, lane.received].map { PageText.grouped($0.sum) }
                + [
                    Self.text(Self.length(lane, .off)), index == 0 ? "" : Self.text(cut),
                    index == 0 ? "" : Self.text(Self.length(lane, .differs)),
                    meetings[index].map { "after \(TimeText.length($0))" } ?? "",
                ] + [RunMark.Kind.powerFailure, .kill].map { PageText.grouped(counts[$0]?[index] ?? 0) }
            return "<tr><th scope=\"row\">\(RunRecorder.name(index))</th>"
                + cells.map { "<td>\($0)</td>" }.joined() + "</tr>"
        }
        return """
            <details><summary>The same in numbers</summary><div class="scrolling"><table>
            <thead><tr>\(Self.heads.map { "<th scope=\"col\">\($0)</th>" }.joined())</tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody></table></div></details>
            """
    }

    /// When each machine that had differed was last the same as HQ again; only of those times that are there one by one.
    private var meetings: [Int: Int64] {
        var last: [Int: Int64] = [:]
        for span in record.spans[.differs]?.items ?? [] where span.end < record.end {
            last[span.lane] = max(last[span.lane] ?? 0, span.end)
        }
        return last
    }

    private static func length(_ lane: RunLane, _ kind: RunSpan.Kind) -> Int { lane.shares[kind]?.sum ?? 0 }

    private static func text(_ milliseconds: Int) -> String { milliseconds == 0 ? "" : TimeText.length(Int64(milliseconds)) }
}
