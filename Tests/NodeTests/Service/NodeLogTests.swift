import Node
import Testing

@Suite struct NodeLogTests {
    private let lines = LogLines()

    @Test func `a trouble is written once, then at the tenth and the hundredth time, whatever numbers are in it`() {
        let log = lines.log()
        for number in 0..<1000 {
            log.logOnce(.warning, "cannot_connect", about: "hq:7400", ["reason": "port \(number) did not answer"])
        }
        #expect(lines.all.map { $0["times"] } == [nil, "10", "100", "1000"])
        #expect(lines.all.last?["reason"] == "port 999 did not answer" && lines.all.last?["about"] == "hq:7400")
    }

    @Test func `two troubles that take turns are written once each`() {
        let log = lines.log()
        for _ in 0..<9 {
            log.logOnce(.warning, "refused", about: "member 3", ["reason": "revoked"])
            log.logOnce(.warning, "session_ended", about: "member 3", ["error": "revoked"])
            log.logOnce(.warning, "session_ended", about: "member 4", ["error": "revoked"])
        }
        #expect(lines.all.map { $0["about"] } == ["member 3", "member 3", "member 4"])
    }

    @Test func `what is ordinary is written some times before it counts as a trouble`() {
        let log = lines.log()
        for _ in 0..<100 { log.logOnce(.info, "in_session", about: "member 3", allowance: 3) }
        #expect(lines.all.map { $0["times"] } == [nil, "2", "3", "10", "100"])
    }

    @Test func `after an hour it is news again`() {
        let time = TestClock(0)
        let log = lines.log(clock: { time.milliseconds })
        for hour in 0..<3 {
            time.milliseconds = Int64(hour) * 3_600_000
            for _ in 0..<5 { log.logOnce(.warning, "line_lost", about: "member 3") }
        }
        #expect(lines.all.count == 3)
    }

    @Test func `whoever makes up troubles and names does not fill the log`() {
        let log = lines.log()
        let letters = (0..<5000).map { number in String(number, radix: 2).map { $0 == "0" ? "a" : "b" }.joined() }
        for word in letters { log.logOnce(.warning, "refused_connection", about: "10.0.0.9", ["reason": word]) }
        #expect(lines.all.count < 25)
        for word in letters { log.logOnce(.warning, "refused_connection", about: word) }
        #expect(lines.all.count < 4096 + 50)
    }
}
