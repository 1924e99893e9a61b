import CRDT
import Node
import Replica
import Retail
import Simulation

/// Brings a log into a chain's folder, whole or not at all: each event as one transaction at the replica that made it.
struct LogImport {
    /// After so many events of one replica they are committed.
    private static let eventsPerCommit = 1000
    /// 32 MiB of write-ahead log.
    private static let logFrameBound = 8192

    private let log: String
    private let draft: ChainDraft
    private let isQuiet: Bool
    private var pending: [Int] = []

    /// - Parameters:
    ///   - log: a path, or `-` for standard input.
    ///   - chain: a chain's folder, or the name of a new one.
    static func run(log: String, chain: String, isQuiet: Bool) throws -> ImportSummary {
        let reader = try LogReader(path: log == "-" ? "/dev/stdin" : log)
        var log = LogImport(log: log, draft: try ChainDraft(of: chain), isQuiet: isQuiet)
        defer { log.draft.abandon() }
        return try log.run(reader)
    }

    private init(log: String, draft: ChainDraft, isQuiet: Bool) {
        self.log = log
        self.draft = draft
        self.isQuiet = isQuiet
    }

    private mutating func run(_ reader: consuming LogReader) throws -> ImportSummary {
        let (file, copy) = draft.nextLog
        let intake = try LogIntake(reader, copyTo: copy, isQuiet: isQuiet)
        if let earlier = draft.register.logs.first(where: { $0.digest == intake.digest }) {
            throw CommandError.badInput(
                "\(log): this log was imported before, as \(earlier.name). Nothing was changed; there is nothing to do.")
        }
        let added = try draft.open(intake.names, epoch: intake.header.startMilliseconds)
        try register(added, at: intake.header.startMilliseconds)
        pending = Array(repeating: 0, count: draft.register.members.count)
        try apply(copy, intake)
        let name = log.split(separator: "/").last.map(String.init) ?? log
        try draft.publish(
            .init(file: file, name: name, digest: intake.digest, events: intake.events, orders: intake.orders))
        return ImportSummary(
            events: intake.events, orders: intake.orders, replicas: intake.names.count, added: added.map(\.name))
    }

    /// HQ writes who belongs to the chain.
    private func register(_ members: [ChainRegister.Member], at milliseconds: Int64) throws {
        guard !members.isEmpty, let headquarters = draft.replica(of: 0)?.replica else { return }
        try headquarters.apply(at: milliseconds) { transaction in
            for member in members {
                let key = RetailSchema.member(member.number)
                try transaction.set(RetailSchema.Member.name, of: key, to: .text(member.name))
            }
        }
    }

    private mutating func apply(_ copy: String, _ intake: LogIntake) throws {
        var replay = LogReplay(names: draft.register.members.map(\.name))
        var reader = try LogReader(path: copy)
        var progress = ProgressLine("imported", "events", total: intake.events, isQuiet: isQuiet)
        var count = 0
        while let event = try reader.next() {
            count += 1
            let member = replay.member(of: event)
            guard let replica = draft.replica(of: member)?.replica else { continue }
            do {
                try replica.apply(at: event.timeMilliseconds) { try replay.apply(event, at: member, in: $0) }
            } catch let error as any Error & RefusedInput {
                // The header is line 1.
                throw CommandError.badInput("\(log), line \(count + 1): \(error.refusal)")
            }
            pending[Int(member)] += 1
            if pending[Int(member)] >= Self.eventsPerCommit { try commit(replica, member) }
            if count % 256 == 0 {
                progress.update(count)
                try Interruption.check()
            }
        }
        progress.finish()
    }

    private mutating func commit(_ replica: Replica, _ member: UInt32) throws {
        try replica.commit()
        if replica.logFrames > Self.logFrameBound { try replica.checkpoint() }
        pending[Int(member)] = 0
    }
}

struct ImportSummary {
    let events: Int
    let orders: Int
    /// How many replicas made the events.
    let replicas: Int
    let added: [String]
}
