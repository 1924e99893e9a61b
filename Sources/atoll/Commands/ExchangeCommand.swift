import Foundation
import Node
import Simulation

extension Command {
    static let exchange = Command(
        name: "exchange", summary: "Let a chain's replicas sync in one process until nothing is missing.",
        details: """
            Pairs meet in a random order drawn from the seed, each pair both ways. HQ takes everything in; a store takes in the
            chain's common data, the customers, and what is its own. An exchange that was interrupted can be run again.
            """,
        options: [
            .chain("the chain's directory"),
            Option(name: "seed", value: "N", help: "another number makes another order (default 1)"), .quiet, .json,
        ],
        examples: ["atoll exchange --dir chain", "atoll exchange --dir chain --seed 42 --json"]
    ) { arguments in
        let watch = Stopwatch()
        let seed = try arguments.number("seed") ?? 1
        let chain = try ChainFolder.open(at: try arguments.required("dir"))
        let replicas = try chain.openAll()
        if let behind = replicas.first(where: \.isBehindHighWater) {
            throw NodeError.behindHighWater(directory: behind.path)
        }
        var exchange = Exchange(replicas, random: SeededRandom(seed: seed))
        var line = ProgressLine("brought", "transactions", total: nil, isQuiet: arguments.has("quiet"))
        let done = try locating(chain.path) {
            try exchange.run(now: wallClockMilliseconds) { progress in
                let note = "round \(progress.rounds), pair \(progress.pairsMet.grouped) of \(progress.pairsInRound.grouped)"
                line.update(progress.transactions, note: note)
                try Interruption.check()
            }
        }
        line.finish()
        try report(done, replicas.count, seed, watch, arguments)
    }

    private static func report(
        _ done: ExchangeProgress, _ replicas: Int, _ seed: UInt64, _ watch: Stopwatch, _ arguments: Arguments
    ) throws {
        let output = Output()
        if arguments.has("json") {
            try output.line(
                JSON.object([
                    ("replicas", .integer(replicas)), ("seed", .text("\(seed)")), ("rounds", .integer(done.rounds)),
                    ("transactions", .integer(done.transactions)), ("records", .integer(done.records)),
                    ("deltas", .integer(done.deltas)), ("staged_cuts", .integer(done.stagedCuts)),
                    ("milliseconds", .integer(watch.milliseconds)),
                ]).line)
        } else if arguments.has("quiet") {
            return
        } else if done.rounds == 0 {
            try output.line("Nothing is missing at any of the \(replicas.grouped) replicas.")
        } else {
            try output.line(
                "Exchanged until nothing was missing: \(replicas.grouped) replicas, "
                    + "\(done.rounds == 1 ? "1 round" : "\(done.rounds) rounds"), \(done.transactions.grouped) transactions, "
                    + "\(done.records.grouped) records, \(done.deltas.grouped) deltas, "
                    + "\(done.stagedCuts.grouped) staged cuts, \(duration(watch.seconds)).")
        }
        try output.flush()
    }
}

/// Milliseconds since 1970.
func wallClockMilliseconds() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
