import Simulation
import Testing

@Suite struct LogReaderFieldTests {
    private static let real = "a number with a fraction or exponent"

    @Test(arguments: [
        (LogText.receipt, #""k":"r","#, "", LogError.Problem.missingField("k")),
        (LogText.receipt, #""n":0,"#, "", .missingField("n")),
        (LogText.receipt, #""t":1735689600001,"#, "", .missingField("t")),
        (LogText.receipt, #""r":"S001","#, "", .missingField("r")),
        (LogText.receipt, #""id":"S001-R00001","#, "", .missingField("id")),
        (LogText.receipt, #","l":[["P1",12],["P2",6]]"#, "", .missingField("l")),
        (LogText.order, #""id":"S001-0000001","#, "", .missingField("id")),
        (LogText.order, #""c":"C1","#, "", .missingField("c")),
        (LogText.order, #""pm":"card","#, "", .missingField("pm")),
        (LogText.order, #""tot":597,"#, "", .missingField("tot")),
        (LogText.order, #","l":[["P1",3,199]]"#, "", .missingField("l")),
        (LogText.customer, #""f":{"phone":"+49170","tier":"gold","home":"S001"},"#, "", .missingField("f")),
        (LogText.order, #""tot""#, #""total":597,"tot""#, .unknownField("total")),
        (LogText.receipt, #""n""#, #""p":1,"n""#, .unknownField("p")),
        (LogText.customer, #""tier""#, #""email":"x","tier""#, .unknownField("email")),
        (LogText.receipt, #""k":"r""#, #""k":"x""#, .unknownKind("x")),
    ])
    func `a missing or unknown field is named`(_ line: String, _ old: String, _ new: String, _ problem: LogError.Problem) {
        expect(problem, of: line.with(old, new))
    }

    @Test func `a status without its field, or unknown, is named`() {
        #expect(LogText.error([LogText.order, LogText.status.with(#","st":"paid""#, "")])?.problem == .missingField("st"))
        #expect(LogText.error([LogText.order, LogText.status.with("paid", "lost")])?.problem == .unknownStatus("lost"))
    }

    @Test(arguments: [
        (LogText.receipt, #""n":0"#, #""n":0.0"#, wrongType("n", "an integer", real)),
        (LogText.receipt, #""n":0"#, #""n":1e3"#, wrongType("n", "an integer", real)),
        (LogText.receipt, #""n":0"#, #""n":true"#, wrongType("n", "an integer", "a truth value")),
        (LogText.receipt, "1735689600001", "\"now\"", wrongType("t", "an integer", "text")),
        (LogText.receipt, #""r":"S001""#, #""r":1"#, wrongType("r", "text", "an integer")),
        (LogText.receipt, #""id":"S001-R00001""#, #""id":null"#, wrongType("id", "text", "null")),
        (LogText.receipt, #"[["P1",12],["P2",6]]"#, "{}", wrongType("l", "an array", "an object")),
        (LogText.receipt, #"["P2",6]"#, #""P2""#, wrongType("l[1]", "an array", "text")),
        (LogText.receipt, #"["P2",6]"#, #"[2,6]"#, wrongType("l[1][0]", "text", "an integer")),
        (LogText.receipt, #"["P2",6]"#, #"["P2",6.5]"#, wrongType("l[1][1]", "an integer", real)),
        (LogText.receipt, #"["P2",6]"#, #"["P2"]"#, .wrongElementCount(field: "l[1]", expected: 2, found: 1)),
        (LogText.receipt, #"["P2",6]"#, #"["P2",6,1]"#, .wrongElementCount(field: "l[1]", expected: 2, found: 3)),
        (LogText.order, "[\"P1\",3,199]", "[\"P1\",3]", .wrongElementCount(field: "l[0]", expected: 3, found: 2)),
        (LogText.order, #""p":5"#, #""p":"5""#, wrongType("p", "an integer", "text")),
        (LogText.customer, #"{"phone":"+49170","tier":"gold","home":"S001"}"#, "[]", wrongType("f", "an object", "an array")),
        (LogText.customer, #""+49170""#, "49170", wrongType("phone", "text", "an integer")),
        (LogText.customer, #"["vip","app"]"#, #""vip""#, wrongType("ta", "an array", "text")),
        (LogText.customer, #""app""#, "null", wrongType("ta[1]", "text", "null")),
    ])
    func `a mistyped field is named`(_ line: String, _ old: String, _ new: String, _ problem: LogError.Problem) {
        expect(problem, of: line.with(old, new))
    }

    @Test(arguments: [
        (LogText.receipt, #""n":0"#, #""n":-1"#, outOfRange("n", -1, LogLimits.numbers)),
        (LogText.receipt, "1735689600001", "-1", outOfRange("t", -1, LogLimits.timeMilliseconds)),
        (LogText.receipt, "1735689600001", "4102444800000", outOfRange("t", 4_102_444_800_000, LogLimits.timeMilliseconds)),
        (LogText.receipt, #""P2",6"#, #""P2",0"#, outOfRange("l[1][1]", 0, 1...1_000_000)),
        (LogText.receipt, #""P2",6"#, #""P2",1000001"#, outOfRange("l[1][1]", 1_000_001, 1...1_000_000)),
        (LogText.order, "3,199", "-1,199", outOfRange("l[0][1]", -1, 0...1_000_000)),
        (LogText.order, "3,199", "1000001,199", outOfRange("l[0][1]", 1_000_001, 0...1_000_000)),
        (LogText.order, "3,199", "3,-1", outOfRange("l[0][2]", -1, LogLimits.unitPriceMinorUnits)),
        (LogText.order, "3,199", "3,1000000001", outOfRange("l[0][2]", 1_000_000_001, LogLimits.unitPriceMinorUnits)),
        (LogText.order, #""tot":597"#, #""tot":-1"#, outOfRange("tot", -1, 0...1_000_000_000_000)),
        (LogText.order, "597", "1000000000001", outOfRange("tot", 1_000_000_000_001, 0...1_000_000_000_000)),
        (LogText.order, #""p":5"#, #""p":1000000001"#, outOfRange("p", 1_000_000_001, LogLimits.points)),
        (LogText.customer, #""p":-5"#, #""p":-1000000001"#, outOfRange("p", -1_000_000_001, LogLimits.points)),
        (LogText.customer, #""g":1"#, #""g":-1"#, outOfRange("g", -1, LogLimits.numbers)),
    ])
    func `a number out of range is named with its range`(
        _ line: String, _ old: String, _ new: String, _ problem: LogError.Problem
    ) {
        expect(problem, of: line.with(old, new))
    }

    @Test(arguments: [
        (LogText.receipt, #""r":"S001""#, #""r":"""#, LogError.Problem.wrongLength(field: "r", bytes: 0, allowed: 1...64)),
        (LogText.receipt, "S001-R00001", "", .wrongLength(field: "id", bytes: 0, allowed: 1...64)),
        (LogText.receipt, "S001-R00001", letters(65), .wrongLength(field: "id", bytes: 65, allowed: 1...64)),
        (LogText.order, "card", "", .wrongLength(field: "pm", bytes: 0, allowed: 1...64)),
        (LogText.order, "C1", letters(65), .wrongLength(field: "c", bytes: 65, allowed: 0...64)),
        (LogText.order, "P1", "", .wrongLength(field: "l[0][0]", bytes: 0, allowed: 1...64)),
        (LogText.customer, "+49170", letters(65), .wrongLength(field: "phone", bytes: 65, allowed: 0...64)),
        (LogText.customer, "b2b", "", .wrongLength(field: "tr[0]", bytes: 0, allowed: 1...64)),
        (LogText.receipt, "S001-R00001", #"a\nb"#, .controlCharacter(field: "id")),
        (LogText.receipt, "P2", #"\u007f"#, .controlCharacter(field: "l[1][0]")),
        (LogText.customer, "gold", #"\u0085"#, .controlCharacter(field: "tier")),
    ])
    func `a text too long, empty or with control characters is named`(
        _ line: String, _ old: String, _ new: String, _ problem: LogError.Problem
    ) {
        expect(problem, of: line.with(old, new))
    }

    @Test func `too many lines or tags are counted`() {
        let receipt = LogText.receipt.with(#"["P2",6]"#, Array(repeating: #"["P",1]"#, count: 200).joined(separator: ","))
        expect(.tooMany(field: "l", count: 201, limit: 200), of: receipt)
        let order = LogText.order.with(#"["P1",3,199]"#, Array(repeating: #"["P",1,1]"#, count: 501).joined(separator: ","))
        expect(.tooMany(field: "l", count: 501, limit: 500), of: order)
        let tags = LogText.customer.with(#""b2b""#, Array(repeating: #""t""#, count: 65).joined(separator: ","))
        expect(.tooMany(field: "tr", count: 65, limit: 64), of: tags)
    }

    private func expect(_ problem: LogError.Problem, of line: String) {
        let error = LogText.error([line])
        #expect(error?.problem == problem)
        #expect(error?.line == 2)
        #expect(error.map { "\($0)".hasPrefix("memory, line 2: field \"") } == true)
    }
}

private func wrongType(_ field: String, _ expected: String, _ found: String) -> LogError.Problem {
    .wrongType(field: field, expected: expected, found: found)
}

private func outOfRange(_ field: String, _ value: Int64, _ allowed: ClosedRange<Int64>) -> LogError.Problem {
    .outOfRange(field: field, value: value, allowed: allowed)
}

private func letters(_ count: Int) -> String { String(repeating: "x", count: count) }
