import Foundation
import Glibc
import Simulation
import Testing

@Suite struct LogReaderTests {
    @Test func `every kind of event is read with all its fields`() throws {
        #expect(try LogText.events(LogText.complete) == LogText.completeEvents)
    }

    @Test func `a generated log reads as it was made`() throws {
        let bytes = try generated(.tiny)
        var reader = try LogReader(bytes: bytes)
        #expect(
            reader.header
                == LogHeader(
                    seed: 1, stores: 4, days: 5, ordersPerStoreAndDay: 50, skus: 500, customers: 200,
                    startMilliseconds: 1_735_689_600_000))
        let events = try LogText.rest(&reader)
        #expect(events.count == 3478)
        #expect(
            events[4]
                == LogEvent(
                    number: 4, timeMilliseconds: 1_735_715_345_556, replica: "S001",
                    kind: .order(
                        LogOrder(
                            id: "S001-0000001", customer: "C0000075", payment: "card", totalMinorUnits: 6294,
                            lines: [.init(sku: "P00275", quantity: 6, unitPriceMinorUnits: 1049)], points: 62))))
        #expect(
            events[53]
                == LogEvent(
                    number: 53, timeMilliseconds: 1_735_725_009_467, replica: "S003",
                    kind: .customer(
                        LogCustomerEdit(
                            id: "C0000061", phone: "+490697434679", tier: "bronze", home: "S003", tagsAdded: ["app"],
                            tagsRemoved: ["b2b"]))))
        #expect(
            events[179]
                == LogEvent(
                    number: 179, timeMilliseconds: 1_735_734_399_647, replica: "HQ",
                    kind: .customer(LogCustomerEdit(id: "C0000000", tier: "gold", group: 1))))
        #expect(
            events.last
                == LogEvent(
                    number: 3477, timeMilliseconds: 1_736_603_244_541, replica: "HQ",
                    kind: .status(LogStatusChange(order: "S003-0000239", status: .settled))))
    }

    @Test func `a file reads like the same bytes in memory`() throws {
        let bytes = try generated(.tiny)
        let file = try TemporaryFile(bytes)
        var reader = try LogReader(path: file.path)
        #expect(reader.bytesTotal == bytes.count)
        #expect(reader.bytesRead < bytes.count)
        #expect(try LogText.rest(&reader) == LogText.events(bytes))
        #expect(reader.bytesRead == bytes.count)
    }

    @Test func `a pipe is read without knowing its size`() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { close(ends[0]) }
        let bytes = LogText.complete
        try #require(write(ends[1], bytes, bytes.count) == bytes.count)
        close(ends[1])
        var reader = try LogReader(path: "/dev/fd/\(ends[0])")
        #expect(reader.bytesTotal == nil)
        #expect(try LogText.rest(&reader) == LogText.completeEvents)
    }

    @Test func `unknown keys of the header are passed over`() throws {
        let header = LogText.header.with(#""v":1"#, #""v":1,"source":"a till","derived":["points"],"later":null"#)
        let reader = try LogReader(bytes: Array(header.utf8))
        #expect(reader.header.source == "a till")
        #expect(reader.header.seed == nil)
    }

    @Test func `a log of nothing but a header has no events`() throws {
        #expect(try LogText.events(LogText.text([])).isEmpty)
    }

    @Test func `the last line may lack its line feed, and lines may end as on Windows`() throws {
        #expect(try LogText.events(LogText.complete.dropLast()) == LogText.completeEvents)
        let lines = [LogText.receipt, LogText.order, LogText.status, LogText.customer].map { $0 + "\r" }
        #expect(try LogText.events(LogText.text(lines)) == LogText.completeEvents)
    }

    @Test func `values at their limits are read`() throws {
        let line = #"["P",1000000,1000000000]"#
        let lines = Array(repeating: line, count: 500).joined(separator: ",")
        let id = String(repeating: "i", count: 64)
        let order =
            #"{"k":"o","n":1000000000000,"t":4102444799999,"r":"HQ","id":"\#(id)","c":"","pm":"x","#
            + #""tot":1000000000000,"l":[\#(lines)],"p":-1000000000}"#
        let zero =
            #"{"k":"o","n":0,"t":0,"r":"HQ","id":"é\"\\","c":"","pm":"x","tot":0,"#
            + #""l":[["P",0,0],["P",0,0]],"p":1000000000}"#
        let events = try LogText.events(LogText.text([zero, order]))
        guard case .order(let first) = events.first?.kind, case .order(let last) = events.last?.kind else {
            Issue.record("not two orders")
            return
        }
        #expect(first.id == "é\"\\")
        #expect(first.lines.map(\.quantity) == [0, 0])
        #expect(last.id == id)
        #expect(last.lines.count == 500)
    }

    @Test func `a line of just 1 MiB is read`() throws {
        let limit = 1 << 20
        let padding = String(repeating: " ", count: limit - LogText.receipt.utf8.count)
        let line = LogText.receipt.with(#","l""#, padding + #","l""#)
        try #require(line.utf8.count == limit)
        #expect(try LogText.events(LogText.text([line, LogText.order])).count == 2)
        let longer = LogText.error([line + " ", LogText.order])
        #expect(longer?.problem == .lineTooLong(limitBytes: limit))
        #expect(longer?.line == 2)
    }

    @Test func `a status may be skipped, said again, or change to the other branch`() throws {
        let steps: [LogStatus] = [.done, .done, .settled, .returned, .settled, .audited, .audited]
        let lines = steps.enumerated().map { index, status in
            LogText.status.with(#""n":2"#, #""n":\#(index + 2)"#).with("paid", status.rawValue)
        }
        #expect(try LogText.events(LogText.text([LogText.order] + lines)).count == steps.count + 1)
    }

    @Test func `the documented example is a log, and written as the program writes it`() throws {
        let page = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../Simulations/log-format.md")
        let text = try String(contentsOf: page.standardizedFileURL, encoding: .utf8)
        let parts = text.split(separator: "```\n")
        try #require(parts.count == 3)
        let example = Array(parts[1].utf8)
        var reader = try LogReader(bytes: example)
        var encoder = LogEncoder()
        encoder.append(reader.header)
        for event in try LogText.rest(&reader) { encoder.append(event) }
        #expect(encoder.bytes == example)
    }

    @Test func `what the encoder writes is what the reader read`() throws {
        var reader = try LogReader(bytes: try generated(.tiny))
        var encoder = LogEncoder()
        encoder.append(reader.header)
        for event in try LogText.rest(&reader) { encoder.append(event) }
        #expect(encoder.bytes == (try generated(.tiny)))
    }

    @Test func `texts with quotes, backslashes and letters of any script survive the encoder`() throws {
        let header = LogHeader(source: "\"till\" \\ \u{1F3EA} é", stores: 1, skus: 1, customers: 1, startMilliseconds: 0)
        let edit = LogCustomerEdit(id: "客户", phone: "", tagsAdded: ["a\\b\"c"])
        let event = LogEvent(number: 7, timeMilliseconds: 8, replica: "店", kind: .customer(edit))
        var encoder = LogEncoder()
        encoder.append(header)
        encoder.append(event)
        var reader = try LogReader(bytes: encoder.bytes)
        #expect(reader.header == header)
        #expect(try LogText.rest(&reader) == [event])
    }
}

/// The bytes of a generated log with seed 1.
private func generated(_ size: LogShape.Size) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try LogGenerator(size: size, seed: 1).generate { bytes += $0 }
    return bytes
}
