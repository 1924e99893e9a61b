import Foundation
import Simulation
import Testing

/// Logs that stand beside a scenario.
@Suite final class RecordedLogTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "atoll-recorded-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func write(_ log: LogEncoder, as name: String = "log.jsonl") throws {
        try Data(log.bytes).write(to: folder.appending(path: name))
    }

    /// Two stores, two days.
    private func generated() throws -> (log: LogEncoder, events: [LogEvent], start: Int64) {
        let shape = try LogShape(stores: 2, days: 2, ordersPerStoreAndDay: 20, skus: 20, customers: 10)
        let generator = try LogGenerator(shape: shape, seed: 3)
        var (log, events) = (LogEncoder(), [LogEvent]())
        log.append(generator.header)
        generator.forEachEvent { event in
            log.append(event)
            events.append(event)
        }
        return (log, events, generator.header.startMilliseconds)
    }

    private func scenario(_ work: String, stores: Int = 2, days: Int = 9) throws -> Scenario {
        let text = """
            {
              "about": "A log.", "stores": \(stores), "minutes": \(days * 1440),
              "work": [\(work)]
            }
            """
        let path = folder.appending(path: "scenario.json").path(percentEncoded: false)
        return try Scenario.read(Array(text.utf8), named: path)
    }

    private func mistake(in work: String, stores: Int = 2) throws -> String {
        do {
            _ = try scenario(work, stores: stores)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func `a run does what a log tells, when and where it tells it`() throws {
        let (log, events, start) = try generated()
        try write(log)
        let plan = Plan(try scenario(#"{"kind": "recorded_log", "path": "log.jsonl"}"#), seed: 1)
        #expect(plan.events.map(\.time) == events.map { $0.timeMilliseconds - start } && events.count > 100)
        var names = ["HQ"]
        for (event, planned) in zip(events, plan.events) {
            if !names.contains(event.replica) { names.append(event.replica) }
            #expect(planned.act.nodes.first == names.firstIndex(of: event.replica))
        }
        let report = try RunReport(playing: plan)
        #expect(report.violation == nil)
        let orders = events.count { if case .order = $0.kind { true } else { false } }
        #expect(report.acts["sell"]?.done == orders && report.acts["sell"]?.effective == orders && orders == 80)
        // Whatever an act says can be written down and read back.
        let again = Plan(try Scenario.read(Array(plan.scenarioFile(about: "Again.").utf8), named: "again.json"), seed: 1)
        #expect(again.events.count == plan.events.count)
    }

    @Test func `a part of a log is played without what became of orders before it`() throws {
        let (log, events, start) = try generated()
        try write(log)
        let plan = Plan(try scenario(#"{"kind": "recorded_log", "path": "log.jsonl", "from": 1440}"#), seed: 1)
        let before = Set(
            events.filter { $0.timeMilliseconds < start + 86_400_000 }.compactMap { event in
                if case .order(let order) = event.kind { order.id } else { nil }
            })
        let due = events.filter { event in
            if case .status(let change) = event.kind, before.contains(change.order) { return false }
            return event.timeMilliseconds >= start + 86_400_000
        }
        #expect(plan.events.map(\.time) == due.map { $0.timeMilliseconds - start - 86_400_000 })
        #expect(!before.isEmpty && due.count < plan.events.count + before.count && !due.isEmpty)
    }

    @Test func `an article on two lines of an order is sold once, and both quantities are`() throws {
        var log = LogEncoder()
        log.append(LogHeader(stores: 1, skus: 1, customers: 0, startMilliseconds: 0))
        let lines = [("P1", 2), ("P2", 1), ("P1", 3)].map {
            LogOrder.Line(sku: $0.0, quantity: $0.1, unitPriceMinorUnits: 100)
        }
        let order = LogOrder(id: "O1", customer: "", payment: "card", totalMinorUnits: 600, lines: lines)
        log.append(LogEvent(number: 1, timeMilliseconds: 5, replica: "S1", kind: .order(order)))
        try write(log)
        let plan = Plan(try scenario(#"{"kind": "recorded_log", "path": "log.jsonl"}"#), seed: 1)
        let text = try plan.scenarioFile(about: "One sale.")
        #expect(text.contains(#""sku": "P1", "quantity": 5, "price": 100"#) && text.contains(#""sku": "P2", "quantity": 1"#))
        #expect(try RunReport(playing: plan).violation == nil)
    }

    @Test func `what is wrong with a log is said at the place that names it`() throws {
        let work = #"{"kind": "recorded_log", "path": "log.jsonl"}"#
        let place = "scenario.json:3:45: "
        #expect(try mistake(in: work).contains(place) && mistake(in: work).contains("log.jsonl: cannot be read"))
        let (log, _, _) = try generated()
        try Data(log.bytes.dropLast(5)).write(to: folder.appending(path: "log.jsonl"))
        let cut = try mistake(in: work)
        #expect(cut.contains(place) && cut.contains(", line ") && cut.contains("the file ends in the middle"), "\(cut)")
        try write(log)
        #expect(try mistake(in: work).isEmpty)
        let small = try mistake(in: work, stores: 1)
        #expect(small.contains("scenario.json:3:") && small.contains("2 stores, and the chain has 1"), "\(small)")
    }

    @Test func `what no scenario can say is refused with its number`() throws {
        var log = LogEncoder()
        log.append(LogHeader(stores: 1, skus: 1, customers: 0, startMilliseconds: 0))
        let line = LogOrder.Line(sku: "P1", quantity: 1, unitPriceMinorUnits: 1_000_001)
        let order = LogOrder(id: "O1", customer: "", payment: "card", totalMinorUnits: 1, lines: [line])
        log.append(LogEvent(number: 17, timeMilliseconds: 5, replica: "S1", kind: .order(order)))
        try write(log)
        let refusal = try mistake(in: #"{"kind": "recorded_log", "path": "log.jsonl"}"#)
        #expect(refusal.contains("log.jsonl, event 17: a sale has"), "\(refusal)")
    }
}
