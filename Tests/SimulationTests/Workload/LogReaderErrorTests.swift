import Simulation
import Testing

@Suite struct LogReaderErrorTests {
    @Test func `a log line that is not JSON names file and line`() throws {
        let file = try TemporaryFile(LogText.text([LogText.receipt, #"{"k":"o","n":1,,}"#, LogText.status]))
        var reader = try LogReader(path: file.path)
        #expect(try reader.next() == LogText.completeEvents[0])
        var caught: [LogError] = []
        for _ in 0..<2 {
            do { _ = try reader.next() } catch { caught.append(error) }
        }
        #expect(caught.count == 2, "a reader that failed goes on failing")
        #expect(caught.first == caught.last)
        let error = try #require(caught.first)
        #expect(error.file == file.path)
        #expect(error.line == 3)
        #expect(
            "\(error)"
                == "\(file.path), line 3: is not JSON (column 16: string or '}' expected); "
                + "correct the line; see log-format.md")
    }

    @Test func `a file that cannot be opened or read says why`() throws {
        for (path, reason) in [("/nonexistent/log", "No such file or directory"), ("/", "Is a directory")] {
            let error = #expect(throws: LogError.self) { _ = try LogReader(path: path) }
            #expect(error.map { "\($0)" } == "\(path): cannot be read: \(reason); check the path and its permissions")
        }
    }

    @Test func `an empty file, and one that starts without a header, are no logs`() {
        let empty = LogText.error([UInt8]())
        #expect(empty?.problem == .empty)
        #expect(empty?.line == 0)
        #expect(LogText.error(Array((LogText.receipt + "\n").utf8))?.problem == .noHeader)
        #expect(LogText.error(Array("{}\n".utf8))?.problem == .noHeader)
        #expect(LogText.error([LogText.header])?.problem == .secondHeader)
    }

    @Test(arguments: [
        (#""v":1"#, #""v":2"#, LogError.Problem.unknownVersion(2)),
        (#""v":1"#, #""v":"1""#, .wrongType(field: "v", expected: "an integer", found: "text")),
        (#""v":1,"#, "", .missingField("v")),
        (#""stores":2,"#, "", .missingField("stores")),
        (#""skus":9,"#, "", .missingField("skus")),
        (#""customers":1,"#, "", .missingField("customers")),
        (#","t0":1735689600000"#, "", .missingField("t0")),
        (#""stores":2"#, #""stores":-2"#, .outOfRange(field: "stores", value: -2, allowed: LogLimits.counts)),
        ("1735689600000", "-1", .outOfRange(field: "t0", value: -1, allowed: LogLimits.timeMilliseconds)),
        (#""v":1"#, #""v":1,"seed":0.5"#, wrongInteger("seed", found: "a number with a fraction or exponent")),
        (#""v":1"#, #""v":1,"days":"x""#, wrongInteger("days", found: "text")),
        (#""v":1"#, #""v":1,"perday":null"#, wrongInteger("perday", found: "null")),
        (#""v":1"#, #""v":1,"source":7"#, .wrongType(field: "source", expected: "text", found: "an integer")),
    ])
    func `a wrong header says what is wrong`(_ old: String, _ new: String, _ problem: LogError.Problem) {
        let error = LogText.error(Array(LogText.header.with(old, new).utf8))
        #expect(error?.problem == problem)
        #expect(error?.line == 1)
    }

    @Test func `lines that are no objects, or no text, are refused`() {
        #expect(LogText.error(["[]"])?.problem == .notAnObject(found: "an array"))
        #expect(LogText.error(["7"])?.problem == .notAnObject(found: "an integer"))
        #expect(LogText.error(["null"])?.problem == .notAnObject(found: "null"))
        #expect(LogText.error([""])?.problem.isNotJSON == true)
        #expect(LogText.error([LogText.receipt + "x"])?.problem.isNotJSON == true)
        #expect(LogText.error([LogText.receipt + "\0"])?.problem.isNotJSON == true)
        #expect(LogText.error([LogText.receipt.with("S001-R", #"S001\u0000"#)])?.problem.isNotJSON == true)
        #expect(LogText.error([LogText.receipt.with("12", "99999999999999999999")])?.problem.isNotJSON == true)
        #expect(LogText.error([String(repeating: "[", count: 500_000)])?.problem.isNotJSON == true)
        #expect(LogText.error([LogText.receipt.with(#""n":0"#, #""n":0,"n":0"#)])?.problem == .repeatedField(column: 18))
    }

    @Test func `a line that is not UTF-8 is refused`() {
        for sequence: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xC3]] {
            var bytes = LogText.text([LogText.receipt])
            let place = bytes.count - 40
            bytes.replaceSubrange(place..<place, with: sequence)
            guard case .invalidUTF8 = LogText.error(bytes)?.problem else {
                Issue.record("\(sequence) was accepted")
                continue
            }
        }
    }

    @Test func `a message never holds a control character or a customer's data`() {
        let hostile = LogText.error([LogText.receipt.with(#""k":"r""#, #""k":"\u001b[2J""#)])
        #expect(hostile?.problem == .controlCharacter(field: "k"))
        let name = LogText.error([LogText.receipt.with(#""n":0"#, #""n":0,"a\u001b\u202eb":0"#)])
        #expect(name.map { "\($0)" }?.contains("\"a\u{FFFD}\u{FFFD}b\" is unknown") == true)
        let broken = LogText.error([LogText.customer.with(#""+49170","#, #""+49170" "Jane","#)])
        #expect(broken?.problem.isNotJSON == true)
        #expect(broken.map { "\($0)" }?.contains("Jane") == false)
    }

    @Test func `a plain log that is cut short says so, or reads up to the cut`() throws {
        for length in 1..<LogText.complete.count {
            let bytes = Array(LogText.complete.prefix(length))
            let cutsLine = bytes.last != UInt8(ascii: "\n") && bytes.last != UInt8(ascii: "}")
            if cutsLine { #expect(LogText.error(bytes)?.problem == .cutShort, "after \(length) bytes") }
        }
        for lines in 1...5 {
            let bytes = LogText.complete.split(separator: UInt8(ascii: "\n")).prefix(lines).joined(separator: [0x0A])
            #expect(try LogText.events(Array(bytes)) == Array(LogText.completeEvents.prefix(lines - 1)))
        }
    }

    @Test func `a plain log with a flipped bit never traps`() {
        var refusals = 0
        for position in LogText.complete.indices {
            for bit in 0..<8 {
                var damaged = LogText.complete
                damaged[position] ^= 1 << UInt8(bit)
                if LogText.error(damaged) != nil { refusals += 1 }
            }
        }
        #expect(refusals > LogText.complete.count * 4)
    }
}

private func wrongInteger(_ field: String, found: String) -> LogError.Problem {
    .wrongType(field: field, expected: "an integer", found: found)
}

extension LogError.Problem {
    fileprivate var isNotJSON: Bool {
        if case .notJSON = self { true } else { false }
    }
}
