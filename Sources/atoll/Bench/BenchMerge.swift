import CRDT
import Replica
import Simulation

/// A chain's log, split by member and by time.
struct BenchLog {
    let names: [String]
    let orders: Int
    /// By round, then by member number.
    let rounds: [[[LogEvent]]]
    let replay: LogReplay

    init(_ events: [LogEvent], rounds count: Int) {
        var replay = LogReplay()
        let start = events.first?.timeMilliseconds ?? 0
        let span = max(1, (events.last?.timeMilliseconds ?? 0) - start + 1)
        var rounds: [[[LogEvent]]] = Array(repeating: [], count: count)
        var orders = 0
        for event in events {
            let member = Int(replay.member(of: event))
            let round = Int((event.timeMilliseconds - start) * Int64(count) / span)
            while rounds[round].count <= member { rounds[round].append([]) }
            rounds[round][member].append(event)
            if case .order = event.kind { orders += 1 }
        }
        names = replay.names
        self.orders = orders
        self.rounds = rounds
        self.replay = replay
    }

    static func medium() throws -> BenchLog {
        var events: [LogEvent] = []
        try LogGenerator(size: .medium, seed: 1).forEachEvent { events.append($0) }
        return BenchLog(events, rounds: 10)
    }

    /// Applies one member's events of a round as transactions of their own, committed 1,000 at a time.
    func apply(_ round: Int, of member: Int, to replica: Replica) throws {
        guard member < rounds[round].count else { return }
        for (index, event) in rounds[round][member].enumerated() {
            try replica.apply(at: event.timeMilliseconds) { try replay.apply(event, at: UInt32(member), in: $0) }
            if index % 1000 == 999 { try replica.commit() }
        }
        try replica.commit()
    }
}

enum BenchMerge {
    static func run() throws {
        let log = try BenchLog.medium()
        let folder = try BenchFolder()
        let hq = try Replica.bench(folder, member: 0, name: "hq.db")
        let twin = try TwinFile(path: folder.path("twin.db"), cacheKiB: 65_536)
        var stores: [Replica] = []
        for member in 1..<log.names.count {
            stores.append(try Replica.bench(folder, member: UInt32(member), name: "\(member).db"))
        }
        var (ours, bare, records, rows) = (0.0, 0.0, 0, 0)
        var applySeconds = 0.0
        for round in log.rounds.indices {
            try log.apply(round, of: 0, to: hq)
            try hq.checkpoint()
            var pending: [Delta] = []
            for (index, store) in stores.enumerated() {
                applySeconds += try seconds { try log.apply(round, of: index + 1, to: store) }
                try store.checkpoint()
                for scope in store.heldScopes {
                    if let delta = try store.delta(scope, for: hq.cut(of: scope)) { pending.append(delta) }
                }
                guard index % 2 == 1 else { continue }
                var written = WrittenRows()
                // The same join twice would change nothing; rows are taken from the first and only run.
                hq.observeWrites { written.append($0, $1, $2) }
                let once = try seconds { try hq.join(pending, at: .max / 2) } - written.secondsSpent
                hq.observeWrites(nil)
                ours += once
                records += pending.reduce(0) { $0 + $1.records.count }
                bare += try seconds { try twin.write(written) }
                rows += written.rows.count
                pending = []
            }
            try hq.checkpoint()
            try twin.checkpoint()
        }
        print("orders", log.orders, "records", records, "rows", rows)
        print("apply", Double(log.orders) / applySeconds, "orders/s")
        print("ours", ours, "s", Double(log.orders) / ours, "orders/s; bare", bare, "ratio", bare / ours)
    }
}
