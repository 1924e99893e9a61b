import Glibc

#if Mutants
    import CRDT

    // Before anything else happens, and in programs that this one begins, too.
    let chosen = getenv("ATOLL_MUTANT")
    if let chosen { Mutants.turnOn(String(cString: chosen)) }
    let code = Atoll.run(Array(CommandLine.arguments.dropFirst()))
    if chosen != nil, !Mutants.wasReached { Diagnostics.line("atoll: the mutant's site was never passed") }
    exit(code.rawValue)
#else
    exit(Atoll.run(Array(CommandLine.arguments.dropFirst())).rawValue)
#endif
