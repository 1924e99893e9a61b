import Simulation

/// Pieces of logs for the tests, and the shortest ways to read them.
enum LogText {
    static let header = #"{"k":"h","v":1,"stores":2,"skus":9,"customers":1,"t0":1735689600000}"#
    static let receipt =
        #"{"k":"r","n":0,"t":1735689600001,"r":"S001","id":"S001-R00001","l":[["P1",12],["P2",6]]}"#
    static let order =
        #"{"k":"o","n":1,"t":1735689600002,"r":"S001","id":"S001-0000001","c":"C1","pm":"card","tot":597,"#
        + #""l":[["P1",3,199]],"p":5}"#
    static let status = #"{"k":"s","n":2,"t":1735689600003,"r":"S001","id":"S001-0000001","st":"paid"}"#
    static let customer =
        #"{"k":"c","n":3,"t":1735689600004,"r":"HQ","id":"C1","f":{"phone":"+49170","tier":"gold","home":"S001"},"#
        + #""p":-5,"ta":["vip","app"],"tr":["b2b"],"g":1}"#

    /// A log with one event of each kind.
    static let complete = text([receipt, order, status, customer])
    /// What `complete` says.
    static let completeEvents = [
        LogEvent(
            number: 0, timeMilliseconds: 1_735_689_600_001, replica: "S001",
            kind: .receipt(
                LogReceipt(
                    id: "S001-R00001", lines: [.init(sku: "P1", quantity: 12), .init(sku: "P2", quantity: 6)]))),
        LogEvent(
            number: 1, timeMilliseconds: 1_735_689_600_002, replica: "S001",
            kind: .order(
                LogOrder(
                    id: "S001-0000001", customer: "C1", payment: "card", totalMinorUnits: 597,
                    lines: [.init(sku: "P1", quantity: 3, unitPriceMinorUnits: 199)], points: 5))),
        LogEvent(
            number: 2, timeMilliseconds: 1_735_689_600_003, replica: "S001",
            kind: .status(LogStatusChange(order: "S001-0000001", status: .paid))),
        LogEvent(
            number: 3, timeMilliseconds: 1_735_689_600_004, replica: "HQ",
            kind: .customer(
                LogCustomerEdit(
                    id: "C1", phone: "+49170", tier: "gold", home: "S001", points: -5, tagsAdded: ["vip", "app"],
                    tagsRemoved: ["b2b"], group: 1))),
    ]

    /// `lines` behind a header, each with its line feed.
    static func text(_ lines: [String]) -> [UInt8] {
        Array(([header] + lines).map { $0 + "\n" }.joined().utf8)
    }

    /// All events of a log in memory.
    static func events(_ bytes: [UInt8]) throws(LogError) -> [LogEvent] {
        var reader = try LogReader(bytes: bytes)
        return try rest(&reader)
    }

    /// All events that `reader` has still to give.
    static func rest(_ reader: inout LogReader) throws(LogError) -> [LogEvent] {
        var events: [LogEvent] = []
        while let event = try reader.next() { events.append(event) }
        return events
    }

    /// Why a log in memory cannot be read, if so.
    static func error(_ bytes: [UInt8]) -> LogError? {
        do throws(LogError) {
            _ = try events(bytes)
            return nil
        } catch {
            return error
        }
    }

    /// Why a log of these lines behind a header cannot be read, if so.
    static func error(_ lines: [String]) -> LogError? { error(text(lines)) }
}

extension String {
    /// This text with its one occurrence of `old` replaced.
    func with(_ old: String, _ new: String) -> String {
        let parts = split(separator: old, omittingEmptySubsequences: false)
        precondition(parts.count == 2, "\(old) does not occur once")
        return parts.joined(separator: new)
    }
}
