import Glibc
import Node
import Replica
import Retail

extension Command {
    static let sql = Command(
        name: "sql", summary: "Ask what a replica's shop holds, in SQL.",
        details: """
            Works beside a running node, with or without any peer. The tables are worked out of the records, and brought up to
            date before the question is answered; they lie in DIR/\(ShopTables.fileName), hold nothing of their own, and may be deleted. Nothing can be
            changed by a question. Money is in minor units, times are milliseconds since 1970.
            """,
        operands: [Operand(name: "QUESTION", help: "a SELECT; - reads it from standard input", isRequired: false)],
        options: [
            .node("a replica's directory"), Option(name: "tables", value: nil, help: "list the tables, and what is in them"),
            Option(name: "quiet", value: nil, help: "print no progress"), .json,
        ],
        examples: [
            "atoll sql \"select store, sku, on_hand from stock where on_hand < 0\" --dir hq",
            "atoll sql \"select * from sales_by_day order by day desc limit 7\" --dir hq --json", "atoll sql --tables --dir hq",
        ]
    ) { arguments in
        let path = try arguments.required("dir")
        if arguments.has("tables") { return try list(isJSON: arguments.has("json")) }
        guard let operand = arguments.operands.first else {
            throw CommandError.usage("say a question, as \"select * from stock\", or --tables to see what there is.")
        }
        let text = operand == "-" ? try typed() : operand
        guard !text.contains("\0") else { throw CommandError.badInput("there is a zero byte in the question.") }
        let tables = path + "/" + ShopTables.fileName
        try update(tables, from: path, isQuiet: arguments.has("quiet"))
        try answer(text, from: tables, isJSON: arguments.has("json"))
    }

    private static func typed() throws -> String {
        var (lines, text) = (TypedLines(), [String]())
        while let line = try lines.next() { text.append(line) }
        return text.joined(separator: "\n")
    }

    private static func update(_ tables: String, from path: String, isQuiet: Bool) throws {
        let directory = try ReplicaDirectory.read(at: path)
        var progress = ProgressLine("read", "records", total: nil, isQuiet: isQuiet)
        let shop = try ShopTables(at: tables) { unlink($0) }
        try shop.update(from: directory.replica) { count in
            progress.update(count)
            try Interruption.check()
        }
        progress.finish()
    }

    private static func answer(_ text: String, from tables: String, isJSON: Bool) throws {
        let connection = try Connection(path: tables, mode: .read)
        do {
            let question = try Question(text, of: connection) {
                do { try Interruption.check() } catch { return true }
                return false
            }
            let columns = question.columns
            var list = Listing(isJSON: isJSON, titles: columns, right: [])
            while let row = try question.next() {
                try list.add(.object(zip(columns, row.map(\.json)).map { ($0, $1) }), row.map(\.text))
            }
            try list.finish()
            if list.count == 0 { Diagnostics.line("atoll: there is no such row.") }
        } catch let error as QuestionError {
            try Interruption.check()
            throw CommandError.badInput(error.words)
        }
    }

    private static func list(isJSON: Bool) throws {
        var list = Listing(isJSON: isJSON, titles: ["TABLE", "COLUMN", "TYPE", "WHAT IT SAYS"], right: [])
        func add(_ table: String, _ column: String?, _ type: String?, _ help: String) throws {
            try list.add(
                .object([
                    ("table", .text(table)), ("column", .optional(column)), ("type", .optional(type)), ("help", .text(help)),
                ]),
                [table, column ?? "", type ?? "", help])
        }
        for table in ShopTables.tables {
            try add(table.name, nil, nil, table.help)
            for column in table.columns { try add(table.name, column.name, column.type, column.help) }
        }
        for view in ShopTables.views { try add(view.name, nil, "view", view.help) }
        try add(
            "search", nil, "full text",
            "find customers, articles, products and orders by a part of a word: where text match 'word'")
        try list.finish()
    }
}

extension QuestionError {
    fileprivate var words: String {
        switch self {
        case .refused(let message): "the question cannot be answered: \(message). See the tables with: atoll sql --tables"
        case .changes: "a question changes nothing; this statement would."
        case .notOne: "ask one question at a time."
        }
    }
}

extension SQLValue {
    fileprivate var json: JSON {
        switch self {
        case .null: .null
        case .integer(let number): .integer(number)
        case .real(let number): .real(number)
        case .text(let text): .text(text)
        case .bytes(let bytes): .text(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
        }
    }

    fileprivate var text: String {
        switch self {
        case .null: "-"
        case .integer(let number): "\(number)"
        case .real(let number): "\(number)"
        case .text(let text): text.replacing("\n", with: " | ")
        case .bytes(let bytes): "\(bytes.count) bytes"
        }
    }
}
