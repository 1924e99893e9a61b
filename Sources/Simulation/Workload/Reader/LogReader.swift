/// Reads a recorded log event by event, from a file (plain, gzip or zstd, told apart by their first bytes) or from memory.
///
/// Every line is checked, by itself and against the lines before it. Memory is bounded: buffers of less than 3 MiB, what the
/// decompressor needs (zlib 32 KiB, zstd at most 128 MiB), and the ids of orders and receipts (see ``LogLimits/ids``).
///
///     var reader = try LogReader(path: "grocer.jsonl.gz")
///     while let event = try reader.next() { ... }
public struct LogReader: ~Copyable {
    /// The log's first line.
    public let header: LogHeader
    /// The path, or the name given to bytes in memory; errors bear it.
    public let name: String

    private var lines: LineReader
    private var history = LogHistory()
    private var failure: LogError?

    /// Bytes taken so far from the file as it lies, so compressed ones if it is compressed: for progress.
    public var bytesRead: Int { lines.bytesRead }
    /// The size of the file as it lies, or `nil` for a pipe.
    public var bytesTotal: Int? { lines.bytesTotal }

    /// Opens the log at `path` and reads its header.
    public init(path: String) throws(LogError) {
        try self.init(name: path) { () throws(LogError.Problem) in try RawInput(path: path) }
    }

    /// Reads a log that lies in memory, compressed or not.
    public init(bytes: [UInt8], name: String = "memory") throws(LogError) {
        try self.init(name: name) { () throws(LogError.Problem) in RawInput(bytes: bytes) }
    }

    private init(name: String, open: () throws(LogError.Problem) -> RawInput) throws(LogError) {
        var lines = try LogReader.lines(name: name, open: open)
        header = try LogReader.header(of: &lines, name: name)
        self.lines = lines
        self.name = name
    }

    /// The next event, or `nil` at the end. After an error it throws the same one again.
    public mutating func next() throws(LogError) -> LogEvent? {
        if let failure { throw failure }
        do throws(LogError.Problem) {
            guard let line = try lines.next() else { return nil }
            let event = try lines.parse(line, LogDecoder.event)
            try history.admit(event)
            return event
        } catch {
            let failure = LogError(file: name, line: lines.lineNumber, problem: error)
            self.failure = failure
            throw failure
        }
    }

    private static func lines(
        name: String, open: () throws(LogError.Problem) -> RawInput
    ) throws(LogError) -> LineReader {
        do throws(LogError.Problem) {
            return LineReader(try ByteSource(try open()))
        } catch {
            throw LogError(file: name, line: 0, problem: error)
        }
    }

    private static func header(of lines: inout LineReader, name: String) throws(LogError) -> LogHeader {
        do throws(LogError.Problem) {
            guard let line = try lines.next() else { throw .empty }
            return try lines.parse(line, LogDecoder.header)
        } catch {
            throw LogError(file: name, line: lines.lineNumber, problem: error)
        }
    }
}

extension LineReader {
    /// Parses `line` as JSON; a last line that is cut short says so.
    fileprivate func parse<Value>(
        _ line: Line, _ decode: (JSONObject) throws(LogError.Problem) -> Value
    ) throws(LogError.Problem) -> Value {
        do throws(LogError.Problem) {
            return try withBytes(of: line) { (bytes) throws(LogError.Problem) in try JSONObject.parse(bytes, decode) }
        } catch .notJSON where !line.isTerminated {
            throw .cutShort
        }
    }
}
