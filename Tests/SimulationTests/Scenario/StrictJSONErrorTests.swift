import Simulation
import Testing

@Suite struct StrictJSONErrorTests {
    private struct Link: Decodable {
        var from: String
        var latency: Int
        var loss: Double?
        var ports: [UInt8]?
    }

    /// Reads two elements, whatever there are.
    private struct Pair: Decodable {
        var first: Int
        var second: Int

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            first = try container.decode(Int.self)
            second = try container.decode(Int.self)
        }
    }

    private struct Nothing: Decodable {}

    /// Refuses in different ways what its number says.
    private struct Refusal: Decodable {
        struct Complaint: Error, CustomStringConvertible {
            var description: String { "no\u{1B}[2J" }
        }

        enum CodingKeys: CodingKey { case number, other }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            func context(_ path: [any CodingKey]) -> DecodingError.Context {
                DecodingError.Context(codingPath: path, debugDescription: "no")
            }
            switch try container.decode(Int.self, forKey: .number) {
            case 1: throw DecodingError.dataCorruptedError(forKey: .other, in: container, debugDescription: "no")
            case 2: throw DecodingError.dataCorrupted(context(decoder.codingPath))
            case 3: throw DecodingError.dataCorrupted(context([]))
            case 4: throw DecodingError.keyNotFound(CodingKeys.other, context(decoder.codingPath))
            case 5: throw DecodingError.typeMismatch(Int.self, context(container.codingPath + [CodingKeys.other]))
            case 6: throw DecodingError.valueNotFound(Int.self, context([CodingKeys.other, CodingKeys.other]))
            case 7: throw Complaint()
            default: _ = try container.decode(Int.self, forKey: .other)
            }
        }
    }

    @Test(arguments: [
        ("[]", "1:1: expected an object, found an array"),
        ("{\n}", "1:1: missing key \"from\""),
        ("{\"from\": \"a\"}", "1:1: missing key \"latency\""),
        ("{\"from\": null, \"latency\": 1}", "1:10: expected text, found null"),
        ("{\"from\": 7, \"latency\": 1}", "1:10: expected text, found an integer"),
        ("{\"from\": true, \"latency\": 1}", "1:10: expected text, found true"),
        ("{\"from\": \"a\",\n\t\"latency\":\t\"1\"}", "2:13: expected an integer, found text"),
        ("{\"from\": \"店é\", \"latency\": []}", "1:27: expected an integer, found an array"),
        ("{\"latency\": 1.0, \"from\": \"\"}", "1:13: expected an integer, found a number with a fraction or exponent"),
        ("{\"latency\": 1e3, \"from\": \"\"}", "1:13: expected an integer, found a number with a fraction or exponent"),
        (
            "{\"from\": \"a\", \"latency\": 9223372036854775808}",
            "1:26: 9223372036854775808 is out of range: -9223372036854775808 to 9223372036854775807"
        ),
        ("{\"from\": \"a\", \"latency\": 1, \"loss\": {}}", "1:37: expected a number, found an object"),
        (
            "{\"from\": \"a\", \"latency\": 1, \"loss\": 9007199254740993}",
            "1:37: Double cannot hold 9007199254740993 exactly"
        ),
        ("{\"from\": \"a\", \"latency\": 1, \"ports\": [1,\n256]}", "2:1: 256 is out of range: 0 to 255"),
        ("{\"from\": \"a\", \"latency\": 1, \"ports\": [-1]}", "1:39: -1 is out of range: 0 to 255"),
        ("{\"from\": \"a\", \"latency\": 1, \"ports\": [null]}", "1:39: expected an integer, found null"),
        ("{\"from\": \"a\", \"latency\": 1, \"ports\": \"80\"}", "1:38: expected an array, found text"),
    ])
    func `a value that the type cannot take is refused at its place`(text: String, mistake: String) {
        #expect(mistakes(in: text, as: Link.self) == [mistake])
    }

    @Test(arguments: [
        ("1e300", "1:2: 1e+300 is out of range: magnitudes of 1e-45 to 3.4028235e+38"),
        ("1e-300", "1:2: 1e-300 is out of range: magnitudes of 1e-45 to 3.4028235e+38"),
        ("16777217", "1:2: Float cannot hold 16777217 exactly"),
    ])
    func `a number that a Float would lose is refused`(number: String, mistake: String) {
        #expect(mistakes(in: "[\(number)]", as: [Float].self) == [mistake])
    }

    @Test func `unknown keys are all reported, each with what was meant`() {
        let text = """
            [{"from": "a", "latency": 1, "los": 0.5},
             {"from": "b", "Latency": 2, "latency": 1, "colour": "red"},
             {"from": "c", "latency": 1, "prots": [], "x": {"y": 1}}]
            """
        let known = "from, latency, loss, ports"
        #expect(
            mistakes(in: text, as: [Link].self) == [
                "1:30: unknown key \"los\"; did you mean \"loss\"? Known are: \(known)",
                "2:16: unknown key \"Latency\"; did you mean \"latency\"? Known are: \(known)",
                "2:44: unknown key \"colour\"; known are: \(known)",
                "3:30: unknown key \"prots\"; did you mean \"ports\"? Known are: \(known)",
                "3:43: unknown key \"x\"; known are: \(known)",
            ])
    }

    @Test func `another mistake ends the reading, and unknown keys before it are still reported`() {
        let text = """
            [{"from": "a", "latency": 1, "los": 0.5},
             {"from": "b", "latency": "2", "colour": "red"},
             {"from": "c", "latency": 1, "los": 1}]
            """
        #expect(
            mistakes(in: text, as: [Link].self) == [
                "1:30: unknown key \"los\"; did you mean \"loss\"? Known are: from, latency, loss, ports",
                "2:27: expected an integer, found text",
            ])
    }

    @Test func `a mistyped key is named beside the one that is missing for it`() {
        #expect(
            mistakes(in: "{\"from\": \"a\",\n \"latenzy\": 1, \"colour\": 2}", as: Link.self) == [
                "1:1: missing key \"latency\"",
                "2:2: unknown key \"latenzy\"; did you mean \"latency\"?",
            ])
    }

    @Test func `elements that no type reads are reported, as are those that are missing`() {
        #expect(mistakes(in: "[1, 2]", as: Pair.self) == [])
        #expect(
            mistakes(in: "[[1, 2, 3, 4], [5, 6, 7]]", as: [Pair].self) == [
                "1:9: unknown element; the array has 2 at most", "1:23: unknown element; the array has 2 at most",
            ])
        #expect(
            mistakes(in: "[[1, 2], [3]]", as: [Pair].self)
                == ["1:10: the array ends before its element 2, which is needed"])
    }

    @Test func `a type without properties takes an object without members and nothing else`() {
        #expect(decoded([String: Nothing].self, "{\"a\": {}, \"b\": {}}")?.count == 2)
        #expect(mistakes(in: "[{}, {\"a\": 1}]", as: [Nothing].self) == ["1:7: unknown key \"a\""])
        for (text, found) in [("7", "an integer"), ("null", "null"), ("[]", "an array")] {
            #expect(mistakes(in: "[\(text)]", as: [Nothing].self) == ["1:2: expected an object, found \(found)"])
        }
    }

    @Test func `an unknown kind is answered with the known ones`() {
        #expect(
            mistakes(in: "[{\"kind\": \"dealy\"}]", as: [Step].self)
                == ["1:11: unknown value \"dealy\"; did you mean \"delay\"? Known are: delay, crash"])
        #expect(
            mistakes(in: "[null, \"shop\"]", as: [SampleScenario.Role?].self)
                == ["1:8: unknown value \"shop\"; known are: headquarters, store, warehouse"])
    }

    @Test func `a type that decides by a kind what comes next knows the keys of both`() {
        let text = """
            [{"kind": "delay", "at": 1, "latency": 2},
             {"node": "a", "at": 2, "kind": "crash"},
             {"kind": "crash", "at": 3, "node": "b", "latency": 2, "mode": 1}]
            """
        #expect(
            mistakes(in: text, as: [Step].self) == [
                "3:42: unknown key \"latency\"; known are: kind, at, node",
                "3:56: unknown key \"mode\"; did you mean \"node\"? Known are: kind, at, node",
            ])
        #expect(
            mistakes(in: "{\"kind\": \"delay\", \"at\": 1, \"latenzy\": 2}", as: Step.self) == [
                "1:1: missing key \"latency\"", "1:28: unknown key \"latenzy\"; did you mean \"latency\"?",
            ])
        #expect(
            mistakes(in: "{\"kimd\": \"delay\", \"at\": 1}", as: Step.self) == [
                "1:1: missing key \"kind\"", "1:2: unknown key \"kimd\"; did you mean \"kind\"?",
            ])
    }

    /// Reads one value as two types, one after the other.
    private struct Both: Decodable {
        private struct Alpha: Decodable { var alpha: Int }
        private struct Beta: Decodable { var beta: Int }
        private enum CodingKeys: CodingKey { case value }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            _ = try container.decode(Alpha.self, forKey: .value)
            _ = try container.decode(Beta.self, forKey: .value)
        }
    }

    @Test func `what two types ask of one value adds up`() {
        #expect(mistakes(in: "{\"value\": {\"alpha\": 1, \"beta\": 2}}", as: Both.self) == [])
        #expect(
            mistakes(in: "{\"value\": {\"alpha\": 1, \"beta\": 2, \"gamma\": 3}}", as: Both.self)
                == ["1:35: unknown key \"gamma\"; known are: alpha, beta"])
        #expect(
            mistakes(in: "{\"value\": {\"alpha\": 1, \"betta\": 2}}", as: Both.self)
                == ["1:11: missing key \"beta\"", "1:24: unknown key \"betta\"; did you mean \"beta\"?"])
    }

    @Test(arguments: [
        (
            "{\"partitoin\": {\"from\": 1}}",
            [
                "1:1: Invalid number of keys found, expected one.",
                "1:2: unknown key \"partitoin\"; did you mean \"partition\"? Known are: partition, loss, heal",
            ]
        ),
        ("{\"heal\": {}, \"loss\": {}}", ["1:1: Invalid number of keys found, expected one."]),
        ("{\"heal\": {}, \"cure\": {}}", ["1:14: unknown key \"cure\"; known are: heal, partition, loss"]),
        ("{\"heal\": {\"now\": true}}", ["1:11: unknown key \"now\""]),
        ("{\"partition\": {}}", ["1:15: missing key \"from\""]),
        (
            "{\"partition\": {\"from\": 1, \"huors\": 2}}",
            ["1:27: unknown key \"huors\"; did you mean \"hours\"? Known are: from, hours"]
        ),
        ("{\"partition\": 1}", ["1:15: expected an object, found an integer"]),
    ])
    func `an enumeration with associated values is read strictly`(text: String, expected: [String]) {
        #expect(mistakes(in: text, as: SampleScenario.Fault.self) == expected)
    }

    @Test(arguments: [
        (1, "1:30: no"), (2, "1:7: no"), (3, "1:7: no"), (4, "1:7: missing key \"other\""), (5, "1:30: no"),
        (6, "1:7: no"), (7, "1:7: no\u{FFFD}[2J"), (8, "1:30: expected an integer, found an array"),
    ])
    func `what a type refuses keeps its words and gets a place`(number: Int, mistake: String) {
        let text = "{\"a\": {\"number\": \(number), \"other\": []}}"
        #expect(mistakes(in: text, as: [String: Refusal].self) == [mistake])
    }

    @Test func `a mistake reads as editors and terminals expect it`() throws {
        let text = "{\r\n\t\"from\": \"é\u{7F}\",\t\"latency\": x}\r\n"
        let caught = #expect(throws: ScenarioErrors.self) {
            _ = try StrictJSON.decode(Link.self, from: Array(text.utf8), named: "Simulations/a\u{1B}.json")
        }
        let errors = try #require(caught)
        let error = try #require(errors.errors.first)
        #expect(error.path == "Simulations/a\u{1B}.json")
        #expect(error.problem == .syntax(expected: "a value", found: "\"x\""))
        #expect("\(errors)" == "Simulations/a\u{FFFD}.json:2:27: expected a value, found \"x\"")
        let caret = String(repeating: " ", count: 26) + "^"
        #expect(error.illustration == " \"from\": \"é\u{FFFD}\", \"latency\": x}\n" + caret)
        #expect(errors.illustration == "\(error)\n\(error.illustration)")
    }

    @Test func `of a long line, what stands around the mistake is shown`() throws {
        let text = "[" + String(repeating: "1, ", count: 500) + "x, " + String(repeating: "2, ", count: 500) + "]"
        let caught = #expect(throws: ScenarioErrors.self) {
            _ = try StrictJSON.decode([Int].self, from: Array(text.utf8), named: "a.json")
        }
        let error = try #require(caught?.errors.first)
        #expect(error.column == 1502)
        #expect(error.excerpt.count == 100)
        #expect(error.illustration.hasSuffix("\n" + String(repeating: " ", count: 60) + "^"))
        #expect(error.excerpt.dropFirst(60).hasPrefix("x, 2, "))
    }

    @Test func `of very many mistakes the first hundred are told, and how many there are`() throws {
        let text = "[" + (0..<250).map { "{\"k\($0)\": 1}" }.joined(separator: ",\n") + "]"
        let caught = #expect(throws: ScenarioErrors.self) {
            _ = try StrictJSON.decode([Nothing].self, from: Array(text.utf8), named: "a.json")
        }
        let errors = try #require(caught)
        #expect(errors.errors.map(\.line) == Array(1...100))
        #expect(errors.omittedCount == 150)
        #expect("\(errors)".hasSuffix("a.json:100:2: unknown key \"k99\"\nand 150 more"))
    }
}
