import Simulation
import Testing

@Suite struct StrictJSONSyntaxTests {
    @Test(arguments: [
        ("", "1:1: expected a value, found the end of the file"),
        (" \n\t ", "2:3: expected a value, found the end of the file"),
        ("[1,]", "1:4: expected a value, found \"]\""),
        ("[1 2]", "1:4: expected a comma or the end of the array, found \"2\""),
        ("[1", "1:3: expected a comma or the end of the array, found the end of the file"),
        ("[1\n", "2:1: expected a comma or the end of the array, found the end of the file"),
        ("{\"a\":1,}", "1:8: expected a key in quotation marks, found \"}\""),
        ("{a:1}", "1:2: expected a key in quotation marks, found \"a\""),
        ("{\"a\" 1}", "1:6: expected a colon, found \"1\""),
        ("{\"a\":1 \"b\":2}", "1:8: expected a comma or the end of the object, found \"\"\""),
        ("{\"a\":1\n\"b\":2}", "2:1: expected a comma or the end of the object, found \"\"\""),
        ("{\"a\":}", "1:6: expected a value, found \"}\""),
        ("{}\n{}", "2:1: expected the end of the file, found \"{\""),
        ("True", "1:1: expected a value, found \"True\""),
        ("nul", "1:1: expected a value, found \"nul\""),
        ("nulll", "1:1: expected a value, found \"nulll\""),
        ("NaN", "1:1: expected a value, found \"NaN\""),
        ("[1, // one\n2]", "1:5: expected a value, found \"/\""),
        ("'a'", "1:1: expected a value, found \"'\""),
        ("[é店x]", "1:2: expected a value, found \"é\""),
        ("[\"é店\" x]", "1:7: expected a comma or the end of the array, found \"x\""),
        ("[\"👩‍🍳\",\tx]", "1:7: expected a value, found \"x\""),
        ("\u{FEFF}[x]", "1:2: expected a value, found \"x\""),
        ("[\r\n  x]", "2:3: expected a value, found \"x\""),
        ("[\u{0}]", "1:2: expected a value, found control character 0"),
        ("[\u{A0}]", "1:2: expected a value, found \"\u{A0}\""),
    ])
    func `what is not JSON is refused at its place`(text: String, mistake: String) {
        #expect(mistakes(in: text, as: JSONTree.self) == [mistake])
    }

    @Test(arguments: [
        ("01", "1:2: expected a number without zeros before it, found \"1\""),
        ("-01", "1:3: expected a number without zeros before it, found \"1\""),
        ("-", "1:2: expected a digit, found the end of the file"),
        ("+1", "1:1: expected a value, found \"+\""),
        (".5", "1:1: expected a value, found \".\""),
        ("[1.]", "1:4: expected a digit, found \"]\""),
        ("[1.e2]", "1:4: expected a digit, found \"e2\""),
        ("1e", "1:3: expected a digit, found the end of the file"),
        ("[1e+]", "1:5: expected a digit, found \"]\""),
        ("0x10", "1:2: expected the end of the file, found \"x10\""),
        ("[0, 18446744073709551616]", "1:5: no 64-bit integer or Double can hold 18446744073709551616"),
        ("-9223372036854775809", "1:1: no 64-bit integer or Double can hold -9223372036854775809"),
        ("[1e309]", "1:2: no 64-bit integer or Double can hold 1e309"),
        ("-1e99999999999999999999", "1:1: no 64-bit integer or Double can hold -1e99999999999999999999"),
        ("1e-400", "1:1: no 64-bit integer or Double can hold 1e-400"),
        ("1" + String(repeating: "0", count: 128), "1:1: the number has 129 bytes, more than 128"),
    ])
    func `a number that is none, or that nothing can hold, is refused at its place`(text: String, mistake: String) {
        #expect(mistakes(in: text, as: JSONTree.self) == [mistake])
    }

    @Test(arguments: [
        (#""a"#, "1:3: expected a quotation mark after the text, found the end of the file"),
        ("\"a\nb\"", "1:3: expected a quotation mark after the text, found the end of the line"),
        ("\"a\tb\"", "1:3: expected a quotation mark after the text, found control character 9"),
        (#""a\"#, #"1:4: expected one of "\/bfnrtu after a backslash, found the end of the file"#),
        (#""\x41""#, #"1:3: expected one of "\/bfnrtu after a backslash, found "x41""#),
        (#""\u12G4""#, #"1:6: expected four hexadecimal digits, found "G4""#),
        (#""\u12""#, #"1:6: expected four hexadecimal digits, found """"#),
        (#"["\uD800"]"#, "1:3: expected a pair of surrogates, found half of one"),
        (#"["\uD800\n"]"#, "1:3: expected a pair of surrogates, found half of one"),
        (#"["\uD800\u0041"]"#, "1:3: expected a pair of surrogates, found half of one"),
        (#"["a\uDC00"]"#, "1:4: expected a pair of surrogates, found half of one"),
    ])
    func `a text that does not end, or holds a wrong escape, is refused at its place`(text: String, mistake: String) {
        #expect(mistakes(in: text, as: JSONTree.self) == [mistake])
    }

    @Test(arguments: [
        ([0xFF], "2:4"), ([0xC3], "2:4"), ([0xC0, 0x80], "2:4"), ([0xED, 0xA0, 0x80], "2:4"),
        ([0xC3, 0xA9, 0xF5], "2:5"), ([0xF0, 0x9F, 0x91], "2:4"),
    ])
    func `a file that is not UTF-8 is refused at the first wrong byte`(bytes: [UInt8], place: String) {
        #expect(
            mistakes(in: Array("[1,\n \"a".utf8) + bytes + Array("\"]".utf8), as: JSONTree.self)
                == ["\(place): the text is not UTF-8"])
    }

    @Test func `a key that stands twice is refused, however it is written`() {
        #expect(
            mistakes(in: "{\"a\": 1,\n  \"b\": 2,\n  \"\\u0061\": 3}", as: JSONTree.self)
                == ["3:3: key \"a\" stands in this object already, on line 1"])
        #expect(
            mistakes(in: "{\"\u{E9}\":1,\"e\u{301}\":2}", as: JSONTree.self)
                == ["1:8: key \"e\u{301}\" stands in this object already, on line 1"])
        #expect(mistakes(in: "{\"a\":{\"a\":[{\"a\":1},{\"a\":2}]}}", as: JSONTree.self) == [])
    }

    @Test func `nesting is bounded, and hostile depth does not reach the stack`() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(mistakes(in: nested(64), as: JSONTree.self) == [])
        let tooDeep = "1:65: arrays and objects are nested more than 64 deep"
        #expect(mistakes(in: nested(65), as: JSONTree.self) == [tooDeep])
        for opening in ["[", "{\"a\":", "[{\"a\":"] {
            let deep = String(repeating: opening, count: 1_000_000)
            #expect(mistakes(in: deep, as: JSONTree.self).first?.hasSuffix("nested more than 64 deep") == true)
        }
    }

    @Test func `a file is read up to eight mebibytes`() {
        let limit = 8 << 20
        let longest = Array("[]".utf8) + Array<UInt8>(repeating: 0x20, count: limit - 2)
        #expect(mistakes(in: longest, as: JSONTree.self) == [])
        #expect(
            mistakes(in: longest + [0x20], as: JSONTree.self)
                == ["1:1: the file has 8388609 bytes, more than 8388608"])
    }
}
