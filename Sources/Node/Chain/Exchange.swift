internal import CRDT
internal import Replica
internal import Sync

/// Lets replicas sync in one process, pair by pair, each pair both ways, until nothing is missing.
///
/// Every round meets all pairs in a new random order. A replica that carries something for another takes part in bringing it
/// there: two stores give each other whatever the receiver wants.
///
/// What is wrong is put right on the way. Damaged rows are set aside and mended. Whoever comes from a backup, or has a double,
/// begins a new incarnation. All pairs settle their pasts before the first delta flows, so that a branch that must be written
/// again has not reached anybody under its old numbers. Counters of closed incarnations are counted again once their facts
/// are all there.
public struct Exchange<Random: RandomNumberGenerator> {
    /// Cuts of more records are staged in pieces and folded in, so that no commit is long and memory stays small.
    public var recordsAtOnce = 20_000
    /// How many bytes a staged piece has, or a little more.
    public var bytesPerPiece = 1 << 20
    /// The numbers of all members of the chain. If all of them are here, and HQ among them, marks of removals that everybody
    /// has seen are collected behind the exchange; nil collects nothing.
    public var members: Set<UInt32>?
    /// Whether to compact the change index behind the exchange, which reads every record once.
    public var compacts = false

    private let replicas: [ReplicaDirectory]
    private var random: Random

    public init(_ replicas: [ReplicaDirectory], random: Random) {
        self.replicas = replicas
        self.random = random
    }

    /// - Parameters:
    ///   - now: the wall clock, in milliseconds since 1970.
    ///   - report: told after every pair; what it throws ends the exchange between two commits.
    /// - Throws: `ExchangeError`, and whatever `report` throws. What was brought so far stays and is sound. If something could
    ///   not be mended, or digests differ, all else is done before that is thrown.
    public mutating func run(
        now: () -> Int64, report: (ExchangeProgress) throws -> Void
    ) throws -> ExchangeProgress {
        var progress = ExchangeProgress()
        var pairs: [Meeting] = []
        for left in replicas.indices { for right in replicas.indices where left < right { pairs.append(meeting(left, right)) } }
        progress.pairsInRound = pairs.count
        for directory in replicas { try prepare(directory, at: now(), &progress) }
        for meeting in pairs { try meeting.settlePasts(at: now(), &progress) }
        repeat {
            try meet(&pairs, now, &progress, report)
        } while try recount(at: now(), &progress)
        if try advanceHorizons(at: now()) { try meet(&pairs, now, &progress, report) }
        for directory in replicas { try settle(directory, &progress) }
        try checkWhole(progress)
        return progress
    }

    private func meeting(_ left: Int, _ right: Int) -> Meeting {
        Meeting(
            left: MeetingSide(directory: replicas[left]), right: MeetingSide(directory: replicas[right]),
            recordsAtOnce: recordsAtOnce, bytesPerPiece: bytesPerPiece)
    }

    /// Sets damaged rows aside, finishes what an earlier exchange was interrupted in, and sees to it that whoever writes may.
    private func prepare(
        _ directory: ReplicaDirectory, at milliseconds: Int64, _ progress: inout ExchangeProgress
    ) throws {
        try at(directory) {
            for key in try directory.replica.verifyRows() { try directory.replica.quarantine(key) }
            while try directory.replica.fold(at: milliseconds) {}
            try directory.beginIncarnationIfInDoubt(at: milliseconds, &progress)
        }
    }

    /// Meets in rounds until nothing is missing, or until a round changes nothing: what is missing then waits for a record
    /// that nobody here can mend.
    private mutating func meet(
        _ pairs: inout [Meeting], _ now: () -> Int64, _ progress: inout ExchangeProgress,
        _ report: (ExchangeProgress) throws -> Void
    ) throws {
        while isUnfinished(pairs) {
            let before = (progress.transactions, progress.healings.count)
            progress.rounds += 1
            progress.forks = []
            pairs.shuffle(using: &random)
            for (index, meeting) in pairs.enumerated() {
                try meeting.run(at: now(), &progress)
                progress.pairsMet = index + 1
                try report(progress)
            }
            if (progress.transactions, progress.healings.count) == before { return }
        }
    }

    private func isUnfinished(_ pairs: [Meeting]) -> Bool {
        replicas.contains { !$0.replica.quarantinedKeys.isEmpty }
            || pairs.contains { lacks($0.left, from: $0.right) || lacks($0.right, from: $0.left) }
    }

    private func lacks(_ sink: MeetingSide, from source: MeetingSide) -> Bool {
        let (source, sink) = (source.directory, sink.directory)
        return source.replica.heldScopes.contains { scope in
            sink.wants(scope) && !sink.replica.vector(of: scope).covers(source.replica.vector(of: scope))
        }
    }

    /// Counts again what closed incarnations had counted, now that all facts are there. A replica that still waits for a
    /// damaged record does so later.
    ///
    /// - Returns: whether anything was written.
    private func recount(at milliseconds: Int64, _ progress: inout ExchangeProgress) throws -> Bool {
        var hasWritten = false
        for directory in replicas where directory.replica.needsRecount && directory.replica.quarantinedKeys.isEmpty {
            let shares = try at(directory) { try directory.replica.recountClosed(at: milliseconds) }
            guard shares > 0 else { continue }
            progress.healings.append(.recounted(replica: directory.card.name, shares: shares))
            hasWritten = true
        }
        return hasWritten
    }

    /// Lets the chain's registrar decide how far everybody holds the scopes in which something was removed.
    ///
    /// - Returns: whether anything was decided.
    private func advanceHorizons(at milliseconds: Int64) throws -> Bool {
        guard let members, members == Set(replicas.map(\.card.member)),
            let registrar = try replicas.first(where: { try Office(of: $0).holder == $0.card.member })
        else { return false }
        return try at(registrar) {
            let before = registrar.replica.cut(of: .chain)
            for scope in try registrar.replica.markedScopes() {
                let holders = replicas.filter { $0.wants(scope) }
                try registrar.replica.advanceHorizon(
                    of: scope, acknowledged: holders.map { $0.replica.vector(of: scope) }, at: milliseconds)
            }
            return registrar.replica.cut(of: .chain) != before
        }
    }

    /// What is left to do at one replica when nothing more comes.
    private func settle(_ directory: ReplicaDirectory, _ progress: inout ExchangeProgress) throws {
        try at(directory) {
            let before = try directory.replica.markCount()
            while try directory.replica.collectMarks() {}
            progress.collectedMarks += before - (try directory.replica.markCount())
            if compacts { try directory.replica.compact() }
            try directory.replica.checkpoint()
            try directory.writeHighWater()
        }
    }

    /// Whether all that can be put right was: no history is double, no record waits, and equal cuts have equal digests.
    private func checkWhole(_ progress: ExchangeProgress) throws {
        if let fork = progress.forks.first {
            throw ExchangeError(source: fork.source, sink: fork.sink, cause: fork.error)
        }
        for directory in replicas {
            guard let key = directory.replica.quarantinedKeys.first else { continue }
            try at(directory) { throw ReplicaError.quarantined(key: key) }
        }
        for scope in Set(replicas.flatMap { $0.replica.heldScopes }).sorted() {
            var first: [Cut: ReplicaDirectory] = [:]
            for directory in replicas where directory.wants(scope) {
                let cut = directory.replica.cut(of: scope)
                guard let other = first[cut] else {
                    first[cut] = directory
                    continue
                }
                guard other.replica.digest(of: scope) != directory.replica.digest(of: scope) else { continue }
                try ExchangeError.naming(other, directory) {
                    throw UnequalDigests(scope: scope, left: other.card.name, right: directory.card.name)
                }
            }
        }
    }

    private func at<Result>(_ directory: ReplicaDirectory, _ body: () throws -> Result) throws(ExchangeError) -> Result {
        try ExchangeError.naming(directory, directory, body)
    }
}
