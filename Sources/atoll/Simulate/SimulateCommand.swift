import Simulation

extension Command {
    static let simulate = Command(
        name: "simulate", summary: "Play scenarios of outages, crashes and wrong clocks against the real engine.",
        details: """
            Each seed is another run of a scenario: other sales, other moments of failure, and some faults left out. Oracles look at
            every step of it; Simulations/README.md says what they hold the engine to, and how to write scenarios.
            With --shrink the first run of each scenario that violates an oracle is played again and again with less in it, as long
            as the same oracle is violated. The few events that are left are a scenario file of their own,
            FOLDER/SCENARIO-ORACLE-SEED.json. Ctrl-C keeps the smallest so far.
            With --interactive one run goes on as far as you type, and you cut and heal lines, switch machines off and sell in
            between; "help" tells what can be typed. Lines may as well come out of a file.
            Exit codes: 0 everything held, 1 an oracle was violated, 2 too little was exercised to say so, 3 a scenario cannot be
            read, 4 two runs of one seed differ.
            """,
        operands: [Operand(name: "PATH", help: "a scenario file, or a folder of them")],
        options: [
            Option(name: "seed", value: "N", help: "the only seed, or the first one (default 1)"),
            Option(name: "seeds", value: "N", help: "how many seeds of each scenario, on all cores (default 1)"),
            Option(name: "time-limit", value: "SECONDS", help: "begin no run after so long"),
            Option(name: "check-determinism", value: nil, help: "run each seed in two processes, and compare every step"),
            Option(name: "interactive", value: nil, help: "type what happens next in the only run"),
            Option(name: "picture", value: "FILE", help: "draw the only run, as a page for a browser"),
            Option(name: "shrink", value: "FOLDER", help: "make what violates an oracle small, and write it there"),
            Option(name: "shrink-seconds", value: "SECONDS", help: "how long each is made smaller at most (default 60)"),
            Option(name: "junit", value: "FILE", help: "write a report for build servers"), .quiet, .json,
        ],
        examples: [
            "atoll simulate Simulations", "atoll simulate Simulations/lunch-outage.json --seeds 100",
            "atoll simulate Simulations/lunch-outage.json --seed 17 --json",
            "atoll simulate Simulations/lunch-outage.json --seed 17 --picture lunch.html",
            "atoll simulate Simulations --seeds 20 --shrink found",
            "atoll simulate Simulations/lunch-outage.json --interactive",
        ]
    ) { arguments in
        let scenarios = try ScenarioFile.all(at: arguments.operands[0])
        let seeds = try arguments.number("seed") ?? 1
        let count = try arguments.number("seeds") ?? 1
        guard count > 0, count <= 1_000_000 else { throw CommandError.usage("--seeds takes 1 to 1000000") }
        let (last, overflows) = seeds.addingReportingOverflow(count - 1)
        guard !overflows else { throw CommandError.usage("--seed \(seeds) leaves no room for \(count) seeds") }
        if arguments.has("interactive") {
            let others = ["time-limit", "shrink", "shrink-seconds", "junit", "picture"].filter { arguments.value($0) != nil }
            guard scenarios.count == 1, count == 1, others.isEmpty, !arguments.has("check-determinism"), !arguments.has("json")
            else { throw CommandError.usage("--interactive plays one run: name one scenario file, --seed and --quiet at most") }
            var steered = try SteeredSimulation(scenarios[0], seed: seeds, isQuiet: arguments.has("quiet"))
            return try steered.play()
        }
        var simulation = SimulationRun(scenarios, seeds: seeds...last)
        simulation.secondsLimit = try arguments.number("time-limit").map { Double($0) }
        simulation.isJSON = arguments.has("json")
        simulation.isQuiet = arguments.has("quiet")
        simulation.checksDeterminism = arguments.has("check-determinism")
        var picture: PictureFile?
        if let path = arguments.value("picture") {
            guard scenarios.count == 1, count == 1, !arguments.has("check-determinism") else {
                throw CommandError.usage("--picture draws one run: name one scenario file and one --seed")
            }
            picture = try PictureFile(path)
            simulation.draws = true
        }
        let shrinkSeconds = try arguments.number("shrink-seconds").map { Double($0) }
        if let folder = arguments.value("shrink") {
            simulation.shrinking = try ViolationShrinking(
                into: folder, within: shrinkSeconds ?? 60, isQuiet: simulation.isQuiet)
        } else if shrinkSeconds != nil {
            throw CommandError.usage("--shrink-seconds says how long --shrink takes: name its FOLDER")
        }
        try simulation.run()
        if let picture, let drawn = simulation.picture { try picture.write(drawn) }
        if let path = arguments.value("junit") { try NewFile.write(path) { try $0(Array(simulation.junit.utf8)) } }
        try simulation.conclude()
    }
}
