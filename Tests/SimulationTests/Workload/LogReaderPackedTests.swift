import Simulation
import Testing

@Suite struct LogReaderPackedTests {
    @Test(arguments: [PackedLogs.gzip, PackedLogs.zstd])
    func `a packed log reads like its text`(_ packed: [UInt8]) throws {
        #expect(try LogText.events(packed) == LogText.completeEvents)
        let file = try TemporaryFile(packed)
        var reader = try LogReader(path: file.path)
        #expect(try LogText.rest(&reader) == LogText.completeEvents)
        #expect(reader.bytesRead == packed.count)
        #expect(reader.bytesTotal == packed.count)
    }

    @Test func `a line far longer than its packed form is read`() throws {
        let events = try LogText.events(PackedLogs.wideZstd)
        #expect(events.map(\.kind) == [.receipt(LogReceipt(id: "S001-R00001", lines: []))])
    }

    @Test(arguments: [PackedLogs.gzip, PackedLogs.zstd])
    func `packed pieces one behind the other are one log`(_ packed: [UInt8]) {
        // The second piece starts with a header again, which only a reader that went on can see.
        let error = LogText.error(packed + packed)
        #expect(error?.problem == .secondHeader)
        #expect(error?.line == 6)
    }

    @Test(arguments: [(PackedLogs.gzip, LogCompression.gzip), (PackedLogs.zstd, .zstd)])
    func `a packed log that is cut short anywhere says so`(_ packed: [UInt8], _ form: LogCompression) {
        #expect(LogText.error([UInt8]())?.problem == .empty)
        for length in 1..<packed.count {
            #expect(LogText.error(Array(packed.prefix(length)))?.problem == .truncated(form), "after \(length) bytes")
        }
    }

    @Test(arguments: [PackedLogs.gzip, PackedLogs.zstd])
    func `a packed log with a flipped bit is refused or reads the same`(_ packed: [UInt8]) {
        var refusals = 0
        for position in packed.indices {
            for bit in 0..<8 {
                var damaged = packed
                damaged[position] ^= 1 << UInt8(bit)
                do {
                    #expect(try LogText.events(damaged) == LogText.completeEvents, "byte \(position), bit \(bit)")
                } catch {
                    refusals += 1
                }
            }
        }
        #expect(refusals > packed.count * 7)
    }

    @Test func `damaged packing names the file and the library's reason`() throws {
        var damaged = PackedLogs.gzip
        damaged[damaged.count - 6] ^= 1
        let error = try #require(LogText.error(damaged))
        #expect(error.problem == .corrupt(.gzip, reason: "incorrect data check"))
        #expect(
            "\(error)"
                == "memory, line 6: the gzip data is damaged (incorrect data check); copy or record the file again")
    }

    @Test func `bytes behind the packed log are refused`() {
        #expect(
            LogText.error(PackedLogs.gzip + [0])?.problem == .truncated(.gzip), "the beginning of a member")
        #expect(
            LogText.error(PackedLogs.gzip + Array("tail".utf8))?.problem
                == .corrupt(.gzip, reason: "incorrect header check"))
        guard case .corrupt(.zstd, _) = LogText.error(PackedLogs.zstd + Array("tail".utf8))?.problem else {
            Issue.record("bytes behind a zstd frame were accepted")
            return
        }
    }
}
