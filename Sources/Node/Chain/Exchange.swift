internal import CRDT
internal import Replica

/// What an exchange has done so far.
public struct ExchangeProgress: Hashable, Sendable {
    public var rounds = 0
    /// Pairs met in this round, out of `pairsInRound`.
    public var pairsMet = 0
    public var pairsInRound = 0
    /// Transactions that a replica learned; one that reaches ten replicas counts ten times.
    public var transactions = 0
    /// Records that deltas named, as often as they did.
    public var records = 0
    /// Deltas joined in one piece, and cuts that were staged.
    public var deltas = 0
    public var stagedCuts = 0
}

/// Lets replicas sync in one process, pair by pair, each pair both ways, until nothing is missing.
///
/// Every round meets all pairs in a new random order. A replica that carries something for another takes part in bringing it
/// there: two stores give each other whatever the receiver wants.
public struct Exchange<Random: RandomNumberGenerator> {
    /// Cuts of more records are staged in pieces and folded in, so that no commit is long and memory stays small.
    public var recordsAtOnce = 20_000
    /// How many bytes a staged piece has, or a little more.
    public var bytesPerPiece = 1 << 20

    private let replicas: [ReplicaDirectory]
    private var random: Random

    public init(_ replicas: [ReplicaDirectory], random: Random) {
        self.replicas = replicas
        self.random = random
    }

    /// - Parameters:
    ///   - now: the wall clock, in milliseconds since 1970.
    ///   - report: told after every pair; what it throws ends the exchange between two commits.
    /// - Throws: `ExchangeError`, and whatever `report` throws. What was brought so far stays and is sound.
    public mutating func run(
        now: () -> Int64, report: (ExchangeProgress) throws -> Void
    ) throws -> ExchangeProgress {
        try finishFolding(at: now())
        var progress = ExchangeProgress()
        var pairs: [(Int, Int)] = []
        for left in replicas.indices { for right in replicas.indices where left < right { pairs.append((left, right)) } }
        progress.pairsInRound = pairs.count
        while pairs.contains(where: { lacks($0, from: $1) || lacks($1, from: $0) }) {
            progress.rounds += 1
            pairs.shuffle(using: &random)
            for (index, (left, right)) in pairs.enumerated() {
                try bring(from: replicas[left], to: replicas[right], at: now(), &progress)
                try bring(from: replicas[right], to: replicas[left], at: now(), &progress)
                progress.pairsMet = index + 1
                try report(progress)
            }
        }
        for directory in replicas {
            try at(directory.card.name, directory.card.name) {
                try directory.replica.checkpoint()
                try directory.writeHighWater()
            }
        }
        return progress
    }

    private func lacks(_ sink: Int, from source: Int) -> Bool {
        let (source, sink) = (replicas[source], replicas[sink])
        return source.replica.heldScopes.contains { scope in
            sink.wants(scope) && !sink.replica.vector(of: scope).covers(source.replica.vector(of: scope))
        }
    }

    /// What an earlier exchange was interrupted in.
    private func finishFolding(at milliseconds: Int64) throws {
        for directory in replicas {
            try at(directory.card.name, directory.card.name) { while try directory.replica.fold(at: milliseconds) {} }
        }
    }

    private func bring(
        from source: ReplicaDirectory, to sink: ReplicaDirectory, at now: Int64, _ progress: inout ExchangeProgress
    ) throws {
        try at(source.card.name, sink.card.name) {
            var deltas: [Delta] = []
            for scope in source.replica.heldScopes where sink.wants(scope) {
                let known = sink.replica.cut(of: scope)
                guard let extraction = try source.replica.extraction(scope, for: known) else { continue }
                progress.transactions += extraction.transactions(beyond: known)
                if extraction.keys.count <= recordsAtOnce {
                    let records = try source.replica.records(of: extraction, from: 0, byteBudget: .max).records
                    deltas.append(Delta(header: extraction.header, records: records))
                    progress.records += records.count
                } else {
                    progress.records += try bringStaged(extraction, from: source.replica, to: sink.replica, at: now)
                    progress.stagedCuts += 1
                }
            }
            if !deltas.isEmpty { try sink.replica.join(deltas, at: now) }
            progress.deltas += deltas.count
            if sink.replica.logFrames > Self.logFrameBound { try sink.replica.checkpoint() }
        }
    }

    /// 32 MiB of write-ahead log.
    private static var logFrameBound: Int { 8192 }

    private func bringStaged(
        _ extraction: Extraction, from source: Replica, to sink: Replica, at now: Int64
    ) throws -> Int {
        let scope = extraction.header.scope
        var (position, count) = (0, 0)
        if let last = try sink.stage(extraction.header) {
            position = extraction.keys.firstIndex { $0 > last } ?? extraction.keys.count
        }
        while position < extraction.keys.count {
            let (records, next) = try source.records(of: extraction, from: position, byteBudget: bytesPerPiece)
            try sink.stage(records, in: scope)
            if sink.logFrames > Self.logFrameBound { try sink.checkpoint() }
            count += records.count
            position = next
        }
        try sink.publish(scope)
        while try sink.fold(at: now) {
            if sink.logFrames > Self.logFrameBound { try sink.checkpoint() }
        }
        return count
    }

    private func at<Result>(_ source: String, _ sink: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            throw ExchangeError(source: source, sink: sink, cause: error)
        }
    }
}

/// Where an exchange ended, and why. What was brought before stays.
public struct ExchangeError: Error, CustomStringConvertible {
    public let source: String
    public let sink: String
    public let cause: any Error

    public var description: String {
        source == sink ? "at \(source): \(cause)" : "from \(source) to \(sink): \(cause)"
    }
}

extension Extraction {
    fileprivate func transactions(beyond known: Cut) -> Int {
        header.cut.points.reduce(0) { sum, entry in
            let present = known[entry.origin]?.sequence ?? 0
            return sum + (entry.point.sequence > present ? Int(clamping: entry.point.sequence - present) : 0)
        }
    }
}
