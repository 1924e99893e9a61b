import Replica
import Simulation

/// A chain's log, split by time and by member.
struct BenchLog {
    let names: [String]
    let orders: Int
    /// By round, then by member number.
    let rounds: [[[LogEvent]]]
    let replay: LogReplay

    /// In rounds of the same length.
    init(_ events: [LogEvent], rounds count: Int) {
        let start = events.first?.timeMilliseconds ?? 0
        let span = max(1, (events.last?.timeMilliseconds ?? 0) - start + 1)
        self.init(events, rounds: count) { Int(($0.timeMilliseconds - start) * Int64(count) / span) }
    }

    /// - Parameter round: of an event, below the count.
    init(_ events: [LogEvent], rounds count: Int, round: (LogEvent) -> Int) {
        var replay = LogReplay()
        var rounds: [[[LogEvent]]] = Array(repeating: [], count: count)
        var orders = 0
        for event in events {
            let member = Int(replay.member(of: event))
            let round = round(event)
            while rounds[round].count <= member { rounds[round].append([]) }
            rounds[round][member].append(event)
            if case .order = event.kind { orders += 1 }
        }
        names = replay.names
        self.orders = orders
        self.rounds = rounds
        self.replay = replay
    }

    static func generated(_ size: LogShape.Size) throws -> [LogEvent] {
        var events: [LogEvent] = []
        try LogGenerator(size: size, seed: 1).forEachEvent { events.append($0) }
        return events
    }

    static func recorded(_ path: String, rounds: Int) throws -> BenchLog {
        var events: [LogEvent] = []
        var reader = try LogReader(path: path)
        while let event = try reader.next() { events.append(event) }
        return BenchLog(events, rounds: rounds)
    }

    /// The generator's log, and the one asked for, with the suffix of their figures.
    static func all(_ options: BenchOptions, rounds: Int) throws -> [(log: BenchLog, suffix: String)] {
        var logs = [(BenchLog(try generated(options.size), rounds: rounds), "")]
        if let path = options.log { logs.append((try recorded(path, rounds: rounds), "_log")) }
        return logs
    }

    /// Applies one member's events of a round as transactions of their own, committed 1,000 at a time.
    func apply(_ round: Int, of member: Int, to replica: Replica) throws {
        guard member < rounds[round].count else { return }
        for (index, event) in rounds[round][member].enumerated() {
            try replica.apply(at: event.timeMilliseconds) { try replay.apply(event, at: UInt32(member), in: $0) }
            if index % 1000 == 999 { try replica.commit() }
        }
        try replica.commit()
        try replica.checkpoint()
    }

    /// Rounds in which the stores trade and HQ then hears of it all.
    func gather(_ rounds: Range<Int>, _ headquarters: Replica, _ stores: [Replica]) throws {
        for round in rounds {
            try apply(round, of: 0, to: headquarters)
            for (index, store) in stores.enumerated() {
                try apply(round, of: index + 1, to: store)
                try headquarters.join(try store.deltas(for: headquarters), at: .max / 2)
            }
            try headquarters.checkpoint()
        }
    }

    /// HQ's replica, and those of the stores by member number less one, all empty.
    func replicas(_ folder: BenchFolder) throws -> (headquarters: Replica, stores: [Replica]) {
        let headquarters = try Replica.bench(folder, member: 0, name: "hq.db")
        let stores = try names.indices.dropFirst().map {
            try Replica.bench(folder, member: UInt32($0), name: "\($0).db")
        }
        return (headquarters, stores)
    }
}

extension Replica {
    /// What a peer lacks, over all scopes.
    func deltas(for peer: Replica) throws -> [Delta] {
        try heldScopes.compactMap { try delta($0, for: peer.cut(of: $0)) }
    }
}
