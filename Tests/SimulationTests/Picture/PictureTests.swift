import Foundation
import Simulation
import Testing

@Suite struct PictureTests {
    private static let hostile = #"</script><script>alert(1)</script><img src=x onerror="alert(2)">'&<!--"#

    /// A report as a file would hold it.
    private func report(_ violation: String = "null", acts: String = "{}") throws -> RunReport {
        let text = """
            {
              "seed": 7, "violation": \(violation), "acts": \(acts), "fault_acts": [], "transactions": 3, "happenings": 4,
              "sent_bytes": 5, "disk_strikes": 0, "new_incarnations": 0, "simulated_milliseconds": 6, "endings": {}, "trace": "0123456789abcdef"
            }
            """
        return try JSONDecoder().decode(RunReport.self, from: Data(text.utf8))
    }

    private func html(_ record: RunRecord, _ report: RunReport, name: String = "a", about: String = "b") -> String {
        Picture(of: record, report, name: name, about: about, command: "atoll simulate \(name) --seed 7").html
    }

    /// What the page's script reads.
    private func data(in html: String) throws -> [String: Any] {
        let parts = html.components(separatedBy: #"<script type="application/json" id="run">"#)
        let json = try #require(parts.last?.components(separatedBy: "</script>").first)
        #expect(parts.count == 2)
        return try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    }

    @Test func `nothing that comes from a scenario can become a tag or a script`() throws {
        let encoded = String(decoding: try JSONEncoder().encode(Self.hostile), as: UTF8.self)
        let violation = #"{"oracle": \#(encoded), "milliseconds": 5, "node": 1, "detail": \#(encoded)}"#
        let report = try report(violation, acts: #"{\#(encoded): {"done": 1, "effective": 1}}"#)
        var record = RunRecord(wall: 0, workEnd: 10, machines: 2)
        record.note(RunMark(lane: 1, .clock, 4, Self.hostile))
        record.conclude(at: 5, report.violation) { .init(somewhere: 1, most: 1, lane: 0) }
        let hostile = html(record, report, name: Self.hostile, about: Self.hostile)
        let plain = html(record, report)
        for text in ["<script", "</script", "<img", "<!--", "onerror=\""] {
            #expect(hostile.components(separatedBy: text).count == plain.components(separatedBy: text).count, "\(text)")
            #expect(!hostile.contains("alert(1)</script>"))
        }
        let finding = try #require(try data(in: hostile)["violation"] as? [String: Any])
        #expect(finding["oracle"] as? String == Self.hostile)
    }

    @Test func `a page needs nothing but itself`() throws {
        var record = RunRecord(wall: 0, workEnd: 10, machines: 3)
        record.conclude(at: 10, nil) { .init(somewhere: 0, most: 0, lane: 0) }
        let html = html(record, try report())
        for text in ["://", " src=", "url(", "@import", "<link"] { #expect(!html.contains(text), "\(text)") }
        #expect(html.contains("default-src 'none'") && html.contains("everything held"))
        #expect(html.contains("atoll simulate a --seed 7") && html.contains("0123456789abcdef"))
        #expect(html.contains("<th scope=\"row\">HQ</th>") && html.contains("<th scope=\"row\">store 2</th>"))
    }

    private static let steps = 400_000

    /// A month of a hundred stores at which everything goes wrong all the time.
    private static let month: RunRecord = {
        let (machines, end): (Int, Int64) = (101, 31 * 86_400_000)
        var record = RunRecord(wall: 1_772_438_400_000, workEnd: end, machines: machines)
        var random = SeededRandom(seed: 3)
        var time: Int64 = 0
        for _ in 0..<steps {
            time += end / Int64(steps)
            let lane = Int.random(in: 1..<machines, using: &random)
            record.noteMissing(until: time) { .init(somewhere: Int(time % 1_009), most: Int(time % 211), lane: lane) }
            record.noteAct(at: lane, time, isSale: true, hadEffect: true)
            let isUp = Bool.random(using: &random)
            let count = Int.random(in: 1...40, using: &random)
            record.note(RunTransfer(from: isUp ? lane : 0, to: isUp ? 0 : lane, time: time, transactions: count))
            for kind in RunSpan.Kind.allCases {
                if Bool.random(using: &random) { record.begin(kind, at: lane, time) } else { record.end(kind, at: lane, time) }
            }
            record.note(RunMark(lane: lane, [.kill, .powerFailure, .torn][count % 3], time, "the disk keeps torn_prefix"))
        }
        record.conclude(at: end, nil) { .init(somewhere: 0, most: 0, lane: 0) }
        return record
    }()

    @Test func `a month of a hundred stores stays small, and loses no sum`() throws {
        let record = Self.month
        #expect(record.lanes.reduce(0) { $0 + $1.sales.sum } == Self.steps)
        #expect(record.marks.marks.reduce(0) { $0 + $1.count } == Self.steps && record.marks.marks.count <= 6_000)
        let transfers = record.transfers
        #expect(transfers.items.count + transfers.omittedCount == Self.steps && transfers.items.count <= 5_000)
        #expect(record.missing.points.count <= 2_001)
        for kind in RunSpan.Kind.allCases { #expect((record.spans[kind]?.items.count ?? 0) <= 6_000) }
        #expect(record.lanes.allSatisfy { $0.sales.counts.count <= 990 })
        let html = html(record, try report())
        #expect(html.utf8.count < 4_000_000, "\(html.utf8.count)")
        // What is not drawn one by one is said.
        #expect(html.contains("are in the flows only, and have no arrows"))
        #expect(html.contains("are drawn as one") && html.contains("are shading only"))
        let lanes = try #require(try data(in: html)["lanes"] as? [[String: Any]])
        let sales = lanes.reduce(0) { sum, lane in
            // Below 0: the one before, so many times more.
            var last = 0
            return sum
                + (lane["sales"] as? [Int] ?? []).reduce(0) { sum, value in
                    if value >= 0 { last = value }
                    return sum + (value >= 0 ? value : -value * last)
                }
        }
        #expect(sales == Self.steps)
    }

    @Test func `a span fills the columns that it lies in, however long they become`() {
        var record = RunRecord(wall: 0, workEnd: 0, machines: 2)
        record.begin(.off, at: 1, 500)
        record.begin(.off, at: 1, 700)
        record.end(.off, at: 1, 1_500)
        record.end(.off, at: 1, 1_600)
        let narrow = record.columnMilliseconds
        record.begin(.off, at: 1, 86_400_000)
        record.conclude(at: 86_500_000, nil) { .init(somewhere: 0, most: 0, lane: 0) }
        #expect(record.columnMilliseconds > narrow)
        #expect(record.spans[.off]?.items.map { [$0.start, $0.end] } == [[500, 1_500], [86_400_000, 86_500_000]])
        let shares = record.lanes[1].shares[.off]
        #expect(shares?.sum == 101_000 && shares?.counts.first == 1_000)
    }
}
