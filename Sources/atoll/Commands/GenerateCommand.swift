import Simulation

extension Command {
    static let generate = Command(
        name: "generate", summary: "Make up a chain's log of sales: the same bytes for the same size and seed.",
        details: """
            Sizes: tiny 1,000 orders of 4 stores, small 10,000 of 10, medium 100,000 of 20, large 1,000,000 of 50.
            The form is described in Simulations/log-format.md.
            """,
        options: [
            Option(name: "size", value: "SIZE", help: "tiny, small, medium or large", isRequired: true),
            Option(name: "seed", value: "N", help: "another number makes another log (default 1)"),
            Option(name: "out", value: "FILE", help: "write to a file instead of standard output"),
        ],
        examples: [
            "atoll generate --size tiny --seed 7 --out sales.jsonl",
            "atoll generate --size medium | gzip > sales.jsonl.gz",
        ]
    ) { arguments in
        let size = try arguments.choice("size", of: LogShape.Size.self)
        let generator: LogGenerator
        do {
            generator = try LogGenerator(size: size, seed: try arguments.number("seed") ?? 1)
        } catch let error as LogShapeError {
            throw CommandError.usage("\(error).")
        }
        func generate(_ write: ([UInt8]) throws -> Void) throws {
            try generator.generate { (bytes) throws in
                try write(bytes)
                try Interruption.check()
            }
        }
        if let path = arguments.value("out") { return try NewFile.write(path, generate) }
        let output = Output()
        try generate(output.write)
        try output.flush()
    }
}
