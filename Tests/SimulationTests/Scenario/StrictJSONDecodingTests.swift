import Simulation
import Testing

@Suite struct StrictJSONDecodingTests {
    private struct Numbers: Decodable, Equatable {
        var int8: Int8
        var int64: Int64
        var uint64: UInt64
        var zero: UInt
        var double: Double
        var whole: Double
        var float: Float
    }

    @Test func `numbers are exact up to the bounds of their types`() {
        let text = """
            {"int8": -128, "int64": -9223372036854775808, "uint64": 18446744073709551615, "zero": -0,
             "double": -1.7976931348623157e308, "whole": 9007199254740992, "float": 1e2}
            """
        let numbers = Numbers(
            int8: .min, int64: .min, uint64: .max, zero: 0,
            double: -.greatestFiniteMagnitude, whole: 0x1p53, float: 100)
        #expect(decoded(Numbers.self, text) == numbers)
        #expect(decoded([Double].self, "[5e-324, 0e-999, 0.0, 1E+2]") == [.leastNonzeroMagnitude, 0, 0, 100])
    }

    @Test func `escapes mean what they say`() {
        #expect(
            decoded([String].self, #"["\"\\\/\b\f\n\r\t", "\u00e9\u5E97", "\ud83d\uDE00", "\u0000", ""]"#)
                == ["\"\\/\u{8}\u{C}\n\r\t", "é店", "😀", "\0", ""])
    }

    @Test func `a byte order mark is passed over`() {
        #expect(decoded([Int].self, "\u{FEFF} [1]") == [1])
    }

    @Test func `null is the absence of an optional value and nothing else`() {
        #expect(decoded([Int?].self, "[1, null]") == [1, nil])
        #expect(
            decoded(Step.self, #"{"kind": "delay", "at": 1, "latency": 2, "jitter": null}"#)
                == .delay(Step.Delay(at: 1, latency: 2, jitter: nil)))
        #expect(decoded(Int?.self, "null") == .some(nil))
    }

    @Test func `keys may be anything when they are data`() {
        #expect(
            decoded([String: [String: Int]].self, #"{"": {"a": 1, "1": 2}, "b": {}}"#)
                == ["": ["a": 1, "1": 2], "b": [:]])
        #expect(decoded([Int: Bool].self, #"{"-7": true}"#) == [-7: true])
    }

    private class Node: Decodable {
        let name: String
        init(name: String) { self.name = name }
    }

    private final class Store: Node {
        let tills: Int

        enum CodingKeys: CodingKey { case tills }

        required init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            tills = try container.decode(Int.self, forKey: .tills)
            try super.init(from: container.superDecoder())
        }
    }

    @Test func `a superclass reads its own value`() {
        let store = decoded(Store.self, #"{"tills": 3, "super": {"name": "a"}}"#)
        #expect(store?.tills == 3)
        #expect(store?.name == "a")
        #expect(
            mistakes(in: #"{"tills": 3, "super": {"name": "a", "tills": 1}}"#, as: Store.self)
                == [#"1:37: unknown key "tills"; known are: name"#])
        #expect(mistakes(in: #"{"tills": 3}"#, as: Store.self) == [#"1:1: missing key "super""#])
    }

    /// Walks through containers by hand instead of nesting types.
    private struct Walk: Decodable, Equatable {
        var numbers: [Int] = []
        var name = ""

        enum CodingKeys: CodingKey { case rows, inner, name, hint }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            var rows = try container.nestedUnkeyedContainer(forKey: .rows)
            while !rows.isAtEnd {
                if try rows.decodeNil() { continue }
                var row = try rows.nestedUnkeyedContainer()
                numbers.append(try row.decode(Int.self))
                let object = try row.nestedContainer(keyedBy: CodingKeys.self)
                name += try object.decode(String.self, forKey: .name)
            }
            let inner = try container.nestedContainer(keyedBy: CodingKeys.self, forKey: .inner)
            name += try String(from: inner.superDecoder(forKey: .name))
            _ = container.contains(.hint)
        }
    }

    @Test func `nested containers are as strict as nested types`() throws {
        let rows = #""rows": [[1, {"name": "a"}], null, [2, {"name": "b"}]]"#
        let text = #"{\#(rows), "inner": {"name": "c"}, "hint": {"x": 1}}"#
        let walk = try #require(decoded(Walk.self, text))
        #expect(walk.numbers == [1, 2])
        #expect(walk.name == "abc")
        #expect(
            mistakes(
                in: #"{"rows": [[1, {"name": "a", "nmae": 1}, 3]], "inner": {"name": "c", "rows": 1}}"#, as: Walk.self)
                == [
                    #"1:29: unknown key "nmae"; did you mean "name"? Known are: name"#,
                    "1:41: unknown element; the array has 2 at most",
                    #"1:69: unknown key "rows"; known are: name"#,
                ])
    }

    /// Takes a number or a list of them.
    private enum OneOrMany: Decodable, Equatable {
        case one(Int)
        case many([Int])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int.self) {
                self = .one(number)
            } else {
                self = .many(try container.decode([Int].self))
            }
        }
    }

    @Test func `a type may try one way of reading after another`() {
        #expect(decoded([OneOrMany].self, "[1, [2, 3]]") == [.one(1), .many([2, 3])])
        #expect(mistakes(in: "[1, [2, true]]", as: [OneOrMany].self) == ["1:9: expected an integer, found true"])
    }
}
