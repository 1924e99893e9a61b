internal import CRDT
internal import Replica

/// Two replicas in one process, face to face: each settles its past, gives the other what it lacks, and mends what is damaged.
struct Meeting {
    let left: MeetingSide
    let right: MeetingSide
    /// Cuts of more records are staged in pieces and folded in.
    let recordsAtOnce: Int
    /// How many bytes a staged piece has, or a little more.
    let bytesPerPiece: Int

    /// - Parameter milliseconds: the wall clock, in milliseconds since 1970.
    func run(at milliseconds: Int64, _ progress: inout ExchangeProgress) throws {
        try settlePasts(at: milliseconds, &progress)
        try bring(from: left, to: right, at: milliseconds, &progress)
        try bring(from: right, to: left, at: milliseconds, &progress)
        try mend(left, from: right, at: milliseconds, &progress)
        try mend(right, from: left, at: milliseconds, &progress)
    }

    /// The first step by itself: no delta flows before both sides are through with it.
    func settlePasts(at milliseconds: Int64, _ progress: inout ExchangeProgress) throws {
        for (side, peer) in [(left, right), (right, left)] {
            try naming(peer, side) {
                let origin = side.directory.replica.identity.origin
                _ = try side.settlePast(with: peer.cuts, at: milliseconds, knowledge: peer.knowledge)
                if side.directory.replica.identity.origin != origin {
                    progress.healings.append(.newIncarnation(replica: side.directory.card.name, because: .forked))
                }
            }
        }
    }

    private func bring(
        from source: MeetingSide, to sink: MeetingSide, at milliseconds: Int64, _ progress: inout ExchangeProgress
    ) throws {
        try naming(source, sink) {
            var deltas: [Delta] = []
            for (scope, known) in sink.requests(to: source.cuts).sorted(by: { $0.key < $1.key }) {
                guard let extraction = try extraction(scope, from: source, to: sink, knowing: known, &progress) else {
                    continue
                }
                progress.transactions += extraction.transactions(beyond: known)
                if extraction.keys.count <= recordsAtOnce {
                    let records = try source.directory.replica.records(of: extraction, from: 0, byteBudget: .max).records
                    deltas.append(Delta(header: extraction.header, records: records))
                    progress.records += records.count
                } else {
                    progress.records += try bringStaged(
                        extraction, from: source.directory.replica, to: sink.directory.replica, at: milliseconds)
                    progress.stagedCuts += 1
                }
            }
            if !deltas.isEmpty { try sink.directory.replica.join(deltas, at: milliseconds) }
            progress.deltas += deltas.count
            try sink.directory.beginIncarnationIfInDoubt(at: milliseconds, &progress)
            try checkpointIfLong(sink.directory.replica)
        }
    }

    /// A scope in which some origin has two histories stays behind; the others go on.
    private func extraction(
        _ scope: Scope, from source: MeetingSide, to sink: MeetingSide, knowing known: Cut,
        _ progress: inout ExchangeProgress
    ) throws -> Extraction? {
        do {
            guard let extraction = try source.extraction(scope, for: known) else { return nil }
            try sink.directory.replica.checkAcceptable(extraction.header)
            return extraction
        } catch let error as ReplicaError {
            guard case .forked = error else { throw error }
            progress.forks.append(
                .init(source: source.directory.card.name, sink: sink.directory.card.name, error: error))
            return nil
        }
    }

    private func bringStaged(
        _ extraction: Extraction, from source: Replica, to sink: Replica, at milliseconds: Int64
    ) throws -> Int {
        let scope = extraction.header.scope
        var (position, count) = (0, 0)
        if let last = try sink.stage(extraction.header) {
            position = extraction.keys.firstIndex { $0 > last } ?? extraction.keys.count
        }
        while position < extraction.keys.count {
            let (records, next) = try source.records(of: extraction, from: position, byteBudget: bytesPerPiece)
            try sink.stage(records, in: scope)
            try checkpointIfLong(sink)
            count += records.count
            position = next
        }
        try sink.publish(scope)
        while try sink.fold(at: milliseconds) { try checkpointIfLong(sink) }
        return count
    }

    private func mend(
        _ side: MeetingSide, from peer: MeetingSide, at milliseconds: Int64, _ progress: inout ExchangeProgress
    ) throws {
        try naming(peer, side) {
            for key in side.directory.replica.quarantinedKeys {
                guard let answer = try peer.mendingAnswer(for: key) else { continue }
                if try side.mend(key, with: answer, at: milliseconds) {
                    progress.healings.append(.mended(replica: side.directory.card.name, key))
                }
            }
        }
    }

    private func checkpointIfLong(_ replica: Replica) throws {
        // 32 MiB of write-ahead log.
        if replica.logFrames > 8192 { try replica.checkpoint() }
    }

    private func naming<Result>(
        _ source: MeetingSide, _ sink: MeetingSide, _ body: () throws -> Result
    ) throws(ExchangeError) -> Result {
        try ExchangeError.naming(source.directory, sink.directory, body)
    }
}

extension ReplicaDirectory {
    /// Nothing is written under an incarnation that is closed, or whose numbers may have been used.
    func beginIncarnationIfInDoubt(at milliseconds: Int64, _ progress: inout ExchangeProgress) throws {
        guard let doubt else { return }
        try beginIncarnation(at: milliseconds)
        progress.healings.append(.newIncarnation(replica: card.name, because: doubt))
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
