import Foundation
import Node
import Simulation

extension Command {
    static let demo = Command(
        name: "demo", summary: "Watch a small chain sell through an outage, and become whole again.",
        details: """
            HQ and three stores run as processes of their own on this machine, with certificates of their own. They sell from a
            made-up log; the lines are cut, they sell on, the lines heal. When all replicas are equal, atoll check proves it.
            Nothing is left behind unless --keep names a place.
            """,
        options: [
            Option(name: "log", value: "FILE", help: "sell from a recorded log instead; each of its stores is a process"),
            Option(name: "seed", value: "N", help: "make up another log (default 1)"),
            Option(name: "keep", value: "DIR", help: "leave the chain in a new directory, to be looked at"), .quiet,
        ],
        examples: ["atoll demo", "atoll demo --keep chain", "atoll demo --log sales.jsonl.gz"]
    ) { arguments in
        let keep = arguments.value("keep")
        let place = keep ?? NSTemporaryDirectory() + "/atoll-demo-\(ProcessInfo.processInfo.processIdentifier)"
        guard !FileManager.default.fileExists(atPath: place) else {
            throw CommandError.badInput("\(place): there is something here already. Name a new place.")
        }
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        defer { if keep == nil { try? FileManager.default.removeItem(atPath: place) } }
        let demo = try Demo(
            in: place, log: arguments.value("log"), seed: try arguments.number("seed") ?? 1,
            isQuiet: arguments.has("quiet"))
        try demo.run()
        if let keep { try Atoll.print("\nThe chain is in \(keep). Look around: atoll show stock --dir \(keep) --replica HQ\n") }
    }
}
