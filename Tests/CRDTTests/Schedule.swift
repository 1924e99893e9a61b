import CRDT

/// A random history of a few replicas, compared with a specification after every step.
///
/// Replicas write, send and join deltas from every base, keep them, join them late, again and by way of others, join
/// snapshots, collect touch marks where all have acknowledged them, crash back to what was durable (which is all that was
/// ever told), and come back from old copies under a new origin.
struct Schedule<Spec: Specification> {
    private let specification = Spec()
    private var random: SeededRandom
    private(set) var replicas: [TestReplica]
    private var durable: [TestReplica]
    private var copies: [TestReplica] = []
    private var transfers: [Transfer] = []
    private var operations: [Operation<Spec.Action>] = []
    private var forgotten: UInt64 = 0
    private let collectsMarks: Bool

    init(random: SeededRandom, collectsMarks: Bool = true) {
        self.random = random
        self.collectsMarks = collectsMarks
        let recordCount = 1 + self.random.below(2)
        replicas = (1...UInt64(2 + self.random.below(4))).map { TestReplica($0 << 40 | $0, recordCount: recordCount) }
        durable = replicas
    }

    /// Runs 10 to 40 steps.
    mutating func run() throws {
        for step in 0..<(10 + random.below(31)) {
            let actor = random.below(replicas.count)
            do {
                try act(actor)
            } catch {
                throw Mismatch("step \(step), replica \(actor): \(error)")
            }
        }
    }

    /// Brings all replicas to full knowledge, where all must read the same.
    mutating func converge() throws {
        for index in replicas.indices.dropFirst() { try replicas[0].pull(from: replicas[index]) }
        for index in replicas.indices.dropFirst() { try replicas[index].pull(from: replicas[0]) }
        for index in replicas.indices {
            try expectEqual(replicas[index].vector, replicas[0].vector, "vector of replica \(index)")
            try check(index)
        }
    }

    private mutating func act(_ actor: Int) throws {
        switch random.below(100) {
        case 0..<40: try write(actor)
        case 40..<65: return try send(from: actor, to: random.below(replicas.count))
        case 65..<82: if !transfers.isEmpty { try deliver(random.pick(transfers), to: actor) }
        case 82..<87: crash(actor)
        case 87..<94: collect(actor)
        case 94..<97: persist(actor)
        default: revive()
        }
        try check(actor)
    }

    private mutating func write(_ actor: Int) throws {
        let record = random.below(replicas[actor].records.count)
        let stamp = random.next() & 0x3_0001
        let seen = replicas[actor].seen
        let visible = visible(seen, in: record)
        let origins = replicas.map(\.origin)
        var writer = replicas[actor]
        let action = try writer.write(to: record, stamp: HLC(rawValue: stamp)) { content, version in
            let before = content
            let action = try specification.perform(
                on: &content, at: version, seeing: visible, origins: origins, random: &random)
            if action == nil { try expectEqual(content, before, "a refused write changes nothing") }
            return action
        }
        guard let action else { return }
        let bit: UInt64 = 1 << UInt64(operations.count)
        let sequence = writer.vector.sequence(of: writer.origin)
        operations.append(
            Operation(
                origin: writer.origin.rawValue, sequence: sequence, stamp: stamp, record: record, bit: bit, seen: seen,
                action: action))
        writer.seen |= bit
        replicas[actor] = writer
        if random.chance(60) { persist(actor) }
        try specification.checkTogether(operations.filter { $0.bit & forgotten == 0 })
    }

    private mutating func send(from sender: Int, to receiver: Int) throws {
        persist(sender)
        let transfer =
            random.chance(12) ? replicas[sender].snapshot() : replicas[sender].delta(beyond: base(for: receiver))
        if transfers.count < 24 { transfers.append(transfer) } else { transfers[random.below(24)] = transfer }
        if random.chance(75) { try deliver(transfer, to: receiver) }
        try check(receiver)
    }

    /// What a sender may believe that a receiver has: the truth, an old or a partial knowledge, or nothing.
    private mutating func base(for receiver: Int) -> VersionVector {
        switch random.below(10) {
        case 0: return VersionVector()
        case 1: return replicas[receiver].vector.met(with: random.pick(replicas).vector)
        case 2 where !transfers.isEmpty: return random.pick(transfers).cut
        case 3:
            var partial = replicas[receiver].vector
            partial.remove(random.pick(replicas).origin)
            return partial
        default: return replicas[receiver].vector
        }
    }

    private mutating func deliver(_ transfer: Transfer, to receiver: Int) throws {
        let isLetIn = try replicas[receiver].join(transfer)
        if isLetIn, random.chance(50) { persist(receiver) }
    }

    private mutating func persist(_ actor: Int) {
        durable[actor] = replicas[actor]
        if copies.count < 4, random.chance(20) { copies.append(replicas[actor]) }
    }

    private mutating func crash(_ actor: Int) {
        let lost = replicas[actor].seen & ~durable[actor].seen
        for operation in operations where operation.origin == replicas[actor].origin.rawValue {
            forgotten |= operation.bit & lost
        }
        replicas[actor] = durable[actor]
    }

    private mutating func collect(_ actor: Int) {
        guard collectsMarks else { return }
        let stable = durable.reduce(replicas[actor].vector) { $0.met(with: $1.vector) }
        replicas[actor].collectMarks(upTo: stable)
    }

    /// An old copy goes on as a replica of its own, under a new origin.
    private mutating func revive() {
        guard replicas.count < 6, !copies.isEmpty else { return }
        var copy = random.pick(copies)
        copy.origin = Origin(rawValue: UInt64(replicas.count + 1) << 40 | random.next() >> 32)
        replicas.append(copy)
        durable.append(copy)
    }

    private func visible(_ seen: UInt64, in record: Int) -> [Operation<Spec.Action>] {
        operations.filter { $0.bit & seen != 0 && $0.record == record }
    }

    private func check(_ index: Int) throws {
        let replica = replicas[index]
        for operation in operations where operation.bit & forgotten == 0 {
            let sequence = replica.vector.sequence(of: Origin(rawValue: operation.origin))
            try expectEqual(operation.sequence <= sequence, operation.bit & replica.seen != 0, "the vector covers a seen dot")
        }
        for (number, record) in replica.records.enumerated() {
            record.checkInvariants()
            try specification.check(record, of: replica.origin, seeing: visible(replica.seen, in: number))
            for other in replicas where other.origin != replica.origin && other.vector == replica.vector {
                let found = record.cells.filter { !$0.isMark }
                let expected = other.records[number].cells.filter { !$0.isMark }
                try expectEqual(found, expected, "equal vectors imply equal records")
            }
        }
    }
}
