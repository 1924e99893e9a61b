import Simulation
import Testing

@Suite struct RunRecorderTests {
    private func scenario(_ text: String) throws -> Scenario { try Scenario.read(Array(text.utf8), named: "test.json") }

    private func play(_ text: String, seed: UInt64 = 1) throws -> (record: RunRecord, report: RunReport) {
        let plan = Plan(try scenario(text), seed: seed)
        let recorder = RunRecorder(plan)
        let report = try RunReport(playing: plan, recorder: recorder)
        return (recorder.record, report)
    }

    private func spans(_ kind: RunSpan.Kind, of lane: Int, in record: RunRecord) -> [RunSpan] {
        (record.spans[kind]?.items ?? []).filter { $0.lane == lane }
    }

    /// A line of each kind of event, with its time in minutes.
    private static func events(_ lines: [(minutes: Int64, body: String)]) -> String {
        let events = lines.map { #"{"at": \#($0.minutes * 60_000), \#($0.body)}"# }.joined(separator: ",\n")
        return #"{"about": "Drawn.", "stores": 2, "minutes": 30, "settle_minutes": 2, "events": [\#(events)]}"#
    }

    private static func sale(_ number: Int, at node: Int) -> String {
        #""kind": "sell", "node": \#(node), "order": "A-\#(number)", "lines": [{"sku": "P1", "quantity": 1, "price": 5}], "points": 0"#
    }

    private static func line(_ from: Int, _ to: Int, cut: Bool) -> String {
        #""kind": "change_line", "from": \#(from), "to": \#(to), "cut": \#(cut)"#
    }

    private static let outage = events([
        (2, sale(1, at: 2)), (5, line(0, 1, cut: true)), (5, line(1, 0, cut: true)), (6, sale(2, at: 1)), (7, sale(3, at: 1)),
        (10, line(0, 1, cut: false)), (12, line(1, 0, cut: false)),
        (15, #""kind": "lose_power", "node": 2, "keeping": "nothing""#), (16, sale(4, at: 2)),
        (17, #""kind": "switch_on", "node": 2"#), (18, #""kind": "back_up", "node": 1"#),
        (19, #""kind": "set_clock", "node": 2, "jump_ms": -90000"#), (20, #""kind": "tear_line", "one": 0, "other": 2"#),
        (21, #""kind": "kill", "node": 0"#), (22, #""kind": "switch_on", "node": 0"#),
    ])

    private func minutes(_ minutes: Int64) -> Int64 { minutes * 60_000 }

    @Test func `cuts, and machines that are off, lie where they were`() throws {
        let record = try play(Self.outage).record
        #expect(spans(.cut, of: 1, in: record).map { [$0.start, $0.end] } == [[minutes(5), minutes(10)]])
        #expect(spans(.cutUp, of: 1, in: record).map { [$0.start, $0.end] } == [[minutes(10), minutes(12)]])
        #expect(spans(.cutDown, of: 1, in: record).isEmpty && spans(.cut, of: 2, in: record).isEmpty)
        #expect(spans(.off, of: 2, in: record).map { [$0.start, $0.end] } == [[minutes(15), minutes(17)]])
        #expect(spans(.off, of: 0, in: record).map { [$0.start, $0.end] } == [[minutes(21), minutes(22)]])
        #expect(record.end == minutes(32) && record.workEnd == minutes(30) && record.violation == nil)
        // Whoever is off has no session.
        #expect(!spans(.connected, of: 2, in: record).contains { $0.start < minutes(17) && $0.end > minutes(15) })
    }

    @Test func `each mark is at its machine and moment`() throws {
        let marks = try play(Self.outage).record.marks
        #expect(marks.spacing == 0)
        #expect(
            marks.marks == [
                RunMark(lane: 2, .powerFailure, minutes(15), "the disk keeps nothing of what was not synced"),
                RunMark(lane: 1, .backUp, minutes(18)), RunMark(lane: 2, .clock, minutes(19), "back by 1 min 30 s"),
                RunMark(lane: 2, .torn, minutes(20), "to HQ"), RunMark(lane: 0, .kill, minutes(21)),
            ])
    }

    @Test func `what stands still, and what comes by other ways than lines, is drawn`() throws {
        let record = try play(
            Self.events([
                (2, Self.sale(1, at: 1)), (3, #""kind": "export_delta", "node": 1, "file": "a stick""#),
                (4, #""kind": "import_delta", "node": 0, "file": "a stick""#),
                (5, #""kind": "pause", "node": 1, "ms": 120000"#),
                (8, #""kind": "pause", "node": 2, "ms": 600000"#), (9, #""kind": "kill", "node": 2"#),
                (10, #""kind": "replace_machine", "node": 2"#), (11, #""kind": "switch_on", "node": 2"#),
                (12, #""kind": "attack", "node": 2, "to": 0, "way": "garbage""#), (20, #""kind": "fence", "node": 2"#),
            ])
        ).record
        #expect(spans(.paused, of: 1, in: record).map { [$0.start, $0.end] } == [[minutes(5), minutes(7)]])
        #expect(spans(.paused, of: 2, in: record).map { [$0.start, $0.end] } == [[minutes(8), minutes(9)]])
        #expect(
            record.marks.marks.filter { $0.kind != .torn } == [
                RunMark(lane: 2, .kill, minutes(9)), RunMark(lane: 2, .replaced, minutes(10)),
                RunMark(lane: 0, .attack, minutes(12), "garbage, with the certificate of store 2"),
                RunMark(lane: 2, .fence, minutes(20)),
            ], "what HQ had heard by its line was no news on the stick")
    }

    @Test func `what a disk alone held is missing nowhere once it was set back`() throws {
        let record = try play(
            Self.events([
                (1, #""kind": "back_up", "node": 1"#), (2, Self.line(0, 1, cut: true)), (2, Self.line(1, 0, cut: true)),
                (3, Self.sale(1, at: 1)), (4, #""kind": "kill", "node": 1"#), (5, #""kind": "put_back", "node": 1"#),
                (6, #""kind": "switch_on", "node": 1"#), (7, Self.line(0, 1, cut: false)), (7, Self.line(1, 0, cut: false)),
            ])
        ).record
        #expect(record.missing.points.contains { $0.measure.somewhere == 2 })
        #expect(record.missing.points.last?.measure.somewhere == 0)
    }

    @Test func `states part with the first sale behind a cut line, and meet again once it is whole`() throws {
        let record = try play(Self.outage).record
        let long = spans(.differs, of: 1, in: record).filter { $0.end - $0.start > 10_000 }
        #expect(long.count == 1 && long.first?.start == minutes(6))
        let met = long.first?.end ?? 0
        #expect((minutes(12)...minutes(13)).contains(met), "\(met)")
        // The two sales, each in its order book and its stock.
        let transfer = try #require(record.transfers.items.last { $0.from == 1 && $0.to == 0 && $0.time <= met })
        #expect(record.lanes[1].sent.sum == 4 && (minutes(12)...met).contains(transfer.time))
        #expect(record.lanes[1].sales.sum == 2 && record.lanes[2].sales.sum == 1 && record.lanes[2].refused.sum == 1)
    }

    @Test func `what is missing is counted while it is, and in the end nothing is`() throws {
        let missing = try play(Self.outage).record.missing
        func measure(at time: Int64) throws -> MissingCurve.Measure {
            try #require(missing.points.last { $0.time <= time }).measure
        }
        #expect(try measure(at: minutes(5)) == .init(somewhere: 0, most: 0, lane: 0))
        #expect(try measure(at: minutes(6) + 30_000) == .init(somewhere: 2, most: 2, lane: 0))
        #expect(try measure(at: minutes(9)) == .init(somewhere: 4, most: 4, lane: 0))
        #expect(try measure(at: minutes(14)) == .init(somewhere: 0, most: 0, lane: 0))
        #expect(missing.points.last?.time == minutes(32) && missing.points.last?.measure.somewhere == 0)
        #expect(missing.points.count <= 2_001)
    }

    @Test func `what all want and one lacks is missing once somewhere`() throws {
        let edit = #""kind": "edit_customer", "node": 1, "customer": "C-1", "tier": "gold", "add_tags": [], "remove_tags": []"#
        let text = Self.events([
            (5, Self.line(0, 1, cut: true)), (5, Self.line(1, 0, cut: true)), (6, edit),
            (8, Self.line(0, 1, cut: false)), (8, Self.line(1, 0, cut: false)),
        ])
        let missing = try play(text).record.missing
        let behind = try #require(missing.points.last { $0.time <= minutes(7) }).measure
        #expect(behind == .init(somewhere: 1, most: 1, lane: 0))
        #expect(missing.points.last?.measure.somewhere == 0)
    }

    /// A little of everything that goes wrong.
    private static let busy = """
        {
          "about": "Busy.", "stores": 3, "minutes": 60,
          "work": [
            {"kind": "sales", "per_hour": 60}, {"kind": "deliveries", "per_hour": 4}, {"kind": "status_changes", "per_hour": 40},
            {"kind": "customer_edits", "per_hour": 60, "customers": 5}
          ],
          "faults": [
            {"kind": "outage", "from": 10, "minutes": 15, "stores": [1]}, {"kind": "flapping", "per_hour": 6, "minutes": 4},
            {"kind": "torn_lines", "per_hour": 6}, {"kind": "power_failures", "per_hour": 4, "minutes": 3},
            {"kind": "kills", "per_hour": 2, "minutes": 3}, {"kind": "poor_lines", "largest_part": 200, "delay_ms": 300},
            {"kind": "wrong_clock", "nodes": [2], "from": 10, "minutes": 30, "off_minutes": 3000}
          ]
        }
        """

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `a run that is recorded is the same run`(_ seed: UInt64) throws {
        let (record, recorded) = try play(Self.busy, seed: seed)
        let plain = try RunReport(playing: Plan(try scenario(Self.busy), seed: seed))
        #expect(recorded.trace == plain.trace && recorded.happenings == plain.happenings, "seed \(seed)")
        #expect(record.lanes.reduce(0) { $0 + $1.sales.sum } == recorded.acts["sell"]?.effective)
        #expect(record.missing.points.last?.measure.somewhere == 0)
        // All is whole and equal at the end: nothing goes on.
        for kind in RunSpan.Kind.allCases where kind != .connected {
            #expect(!(record.spans[kind]?.items ?? []).contains { $0.end == record.end }, "seed \(seed): \(kind)")
        }
    }

    @Test func `a violated run is recorded up to the violation`() throws {
        let text = """
            {
              "about": "Put back.", "stores": 1, "minutes": 60, "work": [{"kind": "sales", "per_hour": 60}],
              "events": [
                {"at": 600000, "kind": "back_up", "node": 1}, {"at": 1800000, "kind": "kill", "node": 1},
                {"at": 1800100, "kind": "put_back", "node": 1, "unnoticed": true}, {"at": 1800200, "kind": "switch_on", "node": 1}
              ]
            }
            """
        let (record, report) = try play(text)
        #expect(record.violation == report.violation && record.violation?.oracle == "acknowledged_kept")
        #expect(record.end == 1_800_200)
        #expect(record.marks.marks.map(\.kind) == [.backUp, .kill, .putBack])
        #expect(record.missing.points.last.map { $0.measure.lane == 1 && $0.measure.most > 0 } == true)
    }
}
