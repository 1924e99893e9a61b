import Foundation
import Node
import Simulation

extension Command {
    static let exchange = Command(
        name: "exchange", summary: "Let a chain's replicas sync in one process until nothing is missing.",
        details: """
            Pairs meet in a random order drawn from the seed, each pair both ways. HQ takes everything in; a store takes in the
            chain's common data, the customers, and what is its own. An exchange that was interrupted can be run again.

            It also puts right what it finds wrong, and says so: a damaged row is fetched from another replica; a replica whose
            database is a backup, was replaced by an older copy, or has a double begins a new incarnation, so that nothing is
            lost or counted twice. Behind it, marks of removals that every member has seen are dropped. Ends with exit code 4 if
            something is left that no replica here can mend.
            """,
        options: [
            .chain("the chain's directory"),
            Option(name: "seed", value: "N", help: "another number makes another order (default 1)"),
            Option(name: "compact", value: nil, help: "compact the change index, too: reads every record, so best at night"),
            .quiet, .json,
        ],
        examples: ["atoll exchange --dir chain", "atoll exchange --dir chain --seed 42 --json"]
    ) { arguments in
        let watch = Stopwatch()
        let seed = try arguments.number("seed") ?? 1
        let chain = try ChainFolder.open(at: try arguments.required("dir"))
        let replicas = try locating(chain.path) { try chain.openAll() }
        var exchange = Exchange(replicas, random: SeededRandom(seed: seed))
        exchange.members = Set(chain.register.members.map(\.number))
        exchange.compacts = arguments.has("compact")
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
                    ("healed", .array(done.healings.map(\.json))), ("collected_marks", .integer(done.collectedMarks)),
                    ("milliseconds", .integer(watch.milliseconds)),
                ]).line)
        } else if arguments.has("quiet") {
            return
        } else if done.rounds == 0 {
            try output.line("Nothing is missing at any of the \(replicas.grouped) replicas.")
        } else {
            try output.line(
                "Exchanged until nothing was missing: \(replicas.counting("replica")), \(done.rounds.counting("round")), "
                    + "\(done.transactions.counting("transaction")), \(done.records.counting("record")), "
                    + "\(done.deltas.counting("delta")), \(done.stagedCuts.counting("staged cut")), \(duration(watch.seconds))."
            )
        }
        if !arguments.has("json") { for line in lines(done.healings) { try output.line(line) } }
        try output.flush()
    }

    /// One line for each replica and trouble; many mended records are one.
    private static func lines(_ healings: [ExchangeProgress.Healing]) -> [String] {
        var mended: [String: Int] = [:]
        var lines: [String] = []
        for healing in healings {
            switch healing {
            case .newIncarnation(let replica, let doubt):
                lines.append("\(replica): \(doubt.text); it goes on under a new incarnation.")
            case .recounted(let replica, let shares):
                lines.append(
                    "\(replica): \(shares.counting("counter")) of earlier incarnations \(shares == 1 ? "was" : "were") "
                        + "counted again from facts.")
            case .mended(let replica, _): mended[replica, default: 0] += 1
            }
        }
        return lines
            + mended.sorted { $0.key < $1.key }.map { replica, count in
                "\(replica): \(count.grouped) damaged \(count == 1 ? "record was" : "records were") fetched again."
            }
    }
}

extension IncarnationDoubt {
    fileprivate var text: String {
        switch self {
        case .restored: "its database is a backup's"
        case .putBack: "its database was replaced by an older copy"
        case .closed: "another copy of it had closed its incarnation"
        case .forked: "another copy of it had used the same numbers"
        }
    }
}

extension ExchangeProgress.Healing {
    fileprivate var json: JSON {
        switch self {
        case .newIncarnation(let replica, let doubt):
            .object([("replica", .text(replica)), ("what", .text("new_incarnation")), ("because", .text(doubt.rawValue))])
        case .recounted(let replica, let shares):
            .object([("replica", .text(replica)), ("what", .text("recounted")), ("shares", .integer(shares))])
        case .mended(let replica, let key):
            .object([("replica", .text(replica)), ("what", .text("mended")), ("record", .text("\(key)"))])
        }
    }
}

/// Milliseconds since 1970.
func wallClockMilliseconds() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
