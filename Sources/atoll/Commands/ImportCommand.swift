extension Command {
    static let `import` = Command(
        name: "import", summary: "Bring a recorded log into a chain: every store and HQ gets its own replica.",
        details: """
            Each event becomes one transaction at the replica that made it, stamped with the event's time. The log is taken
            whole or not at all: a bad line leaves CHAIN as it was. Further logs can be imported into a chain; they may bring
            new stores. A packed copy of the log stays in CHAIN, for "atoll check".
            """,
        operands: [Operand(name: "LOG", help: "JSON lines, plain, gzip or zstd; - for standard input")],
        options: [.chain("the chain's directory; made if it is not there"), .quiet, .json],
        examples: [
            "atoll import sales.jsonl.gz --dir chain",
            "atoll generate --size tiny | atoll import - --dir chain",
        ]
    ) { arguments in
        let watch = Stopwatch()
        let chain = try arguments.required("dir")
        let summary = try locating(chain) {
            try LogImport.run(log: arguments.operands[0], chain: chain, isQuiet: arguments.has("quiet"))
        }
        let output = Output()
        if arguments.has("json") {
            try output.line(
                JSON.object([
                    ("events", .integer(summary.events)), ("orders", .integer(summary.orders)),
                    ("replicas", .integer(summary.replicas)), ("added", .array(summary.added.map(JSON.text))),
                    ("milliseconds", .integer(watch.milliseconds)),
                ]).line)
        } else if !arguments.has("quiet") {
            try output.line(
                "Imported \(summary.events.counting("event")) (\(summary.orders.counting("order"))) of "
                    + "\(summary.replicas.counting("replica")) into \(chain) in \(duration(watch.seconds)).")
        }
        try output.flush()
    }
}

/// Time since it was made, on a clock that nobody sets.
struct Stopwatch {
    private let start = ContinuousClock.now

    var seconds: Double { start.duration(to: .now) / .seconds(1) }
    var milliseconds: Int { Int(seconds * 1000) }
}
