import Simulation

extension Command {
    static let bench = Command(
        name: "bench", summary: "Measure the engine on this machine.",
        details: Bench.allCases.map { "\($0.rawValue): \($0.summary)." }.joined(separator: "\n"),
        operands: [
            Operand(name: "NAME", help: Bench.allCases.map(\.rawValue).joined(separator: ", ")),
            Operand(name: "ORDERS", help: "of merge-memory, which merge runs in processes of their own", isRequired: false),
        ],
        options: [
            Option(name: "log", value: "FILE", help: "measure a recorded log besides (merge, size, wire)"),
            Option(name: "size", value: "SIZE", help: "generate another log than the medium one, as atoll generate does"),
            Option(name: "stores", value: "N", help: "of live (100) and fanin (10000): how many stores"),
            Option(name: "orders", value: "N", help: "of catchup (100000): how many orders"), .quiet, .json,
        ],
        examples: ["atoll bench merge", "atoll bench size --log sales.jsonl.gz --json", "atoll bench wire --size small"]
    ) { arguments in
        let name = arguments.operands[0]
        if name == "merge-memory", let orders = arguments.operands.dropFirst().first.flatMap({ Int($0) }) {
            return try Atoll.print("\(try BenchMerge.mergeForMemory(orders))\n")
        }
        guard let bench = Bench(rawValue: name), arguments.operands.count == 1 else {
            let known = Bench.allCases.map(\.rawValue)
            throw CommandError.usage(
                "there is no benchmark \"\(arguments.operands.joined(separator: " ").printable)\""
                    + "\(suggestion(name, among: known)). Known are: \(known.joined(separator: ", ")).")
        }
        var options = BenchOptions()
        options.log = arguments.value("log")
        options.stores = try arguments.number("stores").map { Int(clamping: $0) }
        options.orders = try arguments.number("orders").map { Int(clamping: $0) }
        if arguments.value("size") != nil { options.size = try arguments.choice("size", of: LogShape.Size.self) }
        if !arguments.has("quiet") { options.progress = { Diagnostics.line($0) } }
        let report = try bench.run(options)
        try Atoll.print((arguments.has("json") ? report.json : report.table) + "\n")
    }
}
