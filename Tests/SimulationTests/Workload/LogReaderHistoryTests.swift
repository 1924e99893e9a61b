import Simulation
import Testing

@Suite struct LogReaderHistoryTests {
    @Test func `event numbers rise, with gaps if need be`() throws {
        let later = LogText.order.with(#""n":1"#, #""n":1000"#)
        #expect(try LogText.events(LogText.text([LogText.receipt, later])).count == 2)
        #expect(
            LogText.error([LogText.receipt, LogText.order.with(#""n":1"#, #""n":0"#)])?.problem
                == .numberNotRising(number: 0, previous: 0))
        #expect(
            LogText.error([LogText.order, LogText.status.with(#""n":2"#, #""n":0"#)])?.problem
                == .numberNotRising(number: 0, previous: 1))
    }

    @Test func `time stands or rises`() throws {
        let same = LogText.order.with("1735689600002", "1735689600001")
        #expect(try LogText.events(LogText.text([LogText.receipt, same])).count == 2)
        #expect(
            LogText.error([LogText.receipt, LogText.order.with("1735689600002", "1735689600000")])?.problem
                == .timeFalling(timeMilliseconds: 1_735_689_600_000, previousMilliseconds: 1_735_689_600_001))
    }

    @Test func `an order is made once and a receipt booked once`() {
        let order = LogText.error([LogText.order, LogText.order.with(#""n":1"#, #""n":2"#)])
        #expect(order?.problem == .repeatedOrder(id: "S001-0000001"))
        #expect(
            order.map { "\($0)" }
                == "memory, line 3: field \"id\": order \"S001-0000001\" was made before; "
                + "remove the repetition or give it an id of its own"
        )
        #expect(
            LogText.error([LogText.receipt, LogText.receipt.with(#""n":0"#, #""n":1"#)])?.problem
                == .repeatedReceipt(id: "S001-R00001"))
    }

    @Test func `an order and a receipt may bear the same id`() throws {
        let receipt = LogText.receipt.with("S001-R00001", "S001-0000001")
        #expect(try LogText.events(LogText.text([receipt, LogText.order])).count == 2)
    }

    @Test func `a status needs its order`() {
        #expect(LogText.error([LogText.status])?.problem == .orderNeverMade(id: "S001-0000001"))
    }

    @Test(arguments: [
        (LogStatus.paid, LogStatus.new), (.done, .paid), (.settled, .done), (.returned, .done), (.audited, .settled),
        (.audited, .returned), (.audited, .new),
    ])
    func `a status never goes back`(_ from: LogStatus, _ to: LogStatus) {
        let lines = [
            LogText.order, LogText.status.with("paid", from.rawValue),
            LogText.status.with("paid", to.rawValue).with(#""n":2"#, #""n":3"#),
        ]
        let error = LogText.error(lines)
        #expect(error?.problem == .statusBackwards(order: "S001-0000001", from: from, to: to))
        #expect(error?.line == 4)
    }
}
