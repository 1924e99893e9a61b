/// A list on standard output: a JSON array with an element a line, or an aligned table.
struct Listing {
    private let isJSON: Bool
    private let output = Output()
    private var rows: [[String]]
    private let right: Set<Int>
    private(set) var count = 0

    /// - Parameters:
    ///   - titles: of the table's columns.
    ///   - right: columns of figures.
    init(isJSON: Bool, titles: [String], right: Set<Int>) {
        self.isJSON = isJSON
        self.right = right
        rows = [titles]
    }

    mutating func add(_ json: @autoclosure () -> JSON, _ row: @autoclosure () -> [String]) throws {
        if isJSON {
            try output.write((count == 0 ? "[\n" : ",\n") + json().line)
        } else {
            rows.append(row().map(\.printable))
        }
        count += 1
        if count % 256 == 0 { try Interruption.check() }
    }

    func finish() throws {
        if isJSON {
            try output.write(count == 0 ? "[]\n" : "\n]\n")
        } else if count > 0 {
            for line in TextTable(rows, right: right).lines() { try output.line(line) }
        }
        try output.flush()
    }
}
