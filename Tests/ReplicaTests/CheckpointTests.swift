import CRDT
import Replica
import Simulation
import Testing

@Suite struct `Signed checkpoints` {
    private let till: Replica
    private let headquarters: Replica
    private let disks = [SimulatedDisk(), SimulatedDisk()]
    private let origin: Origin

    init() throws {
        till = try Shop.replica(1, on: disks[1])
        headquarters = try Shop.replica(0, on: disks[0])
        origin = till.identity.origin
        for number in 1...3 { try till.sell(UInt64(number), 1, at: 1000) }
        try tell(from: 2)
    }

    private func tell(from member: UInt32?) throws {
        let delta = try #require(try till.delta(Shop.books, for: headquarters.cut(of: Shop.books)))
        try headquarters.join([delta], at: 2000, from: member)
    }

    /// Anybody could make it, but not for another message.
    private static func signature(of message: [UInt8]) -> [UInt8] {
        let hash = SHA256.half(message)
        return [hash.high, hash.low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    }

    private func sign(_ replica: Replica) throws -> SignedCheckpoint? {
        try replica.ownCheckpoints(of: [Shop.books]) { Self.signature(of: $0) }.first
    }

    private func checkpoint(at sequence: UInt64, _ hash: Hash128) -> SignedCheckpoint {
        let point = ChainPoint(sequence: sequence, hash: hash)
        let message = SignedCheckpoint.message(chain: Shop.chain, scope: Shop.books, origin: origin, point: point)
        return SignedCheckpoint(scope: Shop.books, origin: origin, point: point, signature: Self.signature(of: message))
    }

    @discardableResult
    private func keep(_ checkpoint: SignedCheckpoint) throws -> CheckpointStanding {
        try headquarters.keep(checkpoint) { $1 == Self.signature(of: $0) }
    }

    @Test func `the message that is signed is the one that the protocol names`() {
        let point = ChainPoint(sequence: 300, hash: Hash128(high: 3, low: 4))
        let message = SignedCheckpoint.message(
            chain: Hash128(high: 1, low: 2), scope: Shop.books, origin: Origin(rawValue: 9), point: point)
        let zeros = Array(repeating: UInt8(0), count: 7)
        let head = Array("atoll checkpoint 1\n".utf8) + zeros + [1] + zeros + [2]
        #expect(message == head + [10] + zeros + [9, 0x81, 0x2C] + zeros + [3] + zeros + [4])
    }

    @Test func `a replica signs the head of its own chain, once`() throws {
        #expect(try headquarters.ownCheckpoints(of: [Shop.books]) { _ in [1] }.isEmpty, "it has written nothing")
        let first = try #require(try sign(till))
        #expect(first.point == till.cut(of: Shop.books)[origin])
        #expect(try sign(till) == nil)
        try till.sell(4, 1, at: 2000)
        let second = try #require(try sign(till))
        #expect(second.point.sequence == 4)
        #expect(till.checkpoints(of: Shop.books) == [second])
        try till.commit()
        #expect(try Shop.copy(disks[1], run: 5).checkpoints(of: Shop.books) == [second])
    }

    @Test func `what is signed is durable first`() throws {
        try till.apply(at: 2000) { try $0.state(.integer(1), in: Shop.lines, of: Shop.sale(4)) }
        var durable: UInt64?
        let checkpoints = try till.ownCheckpoints(of: [Shop.books]) { message in
            durable = try Shop.copy(disks[1], run: 5).vector(of: Shop.books).sequence(of: origin)
            return Self.signature(of: message)
        }
        #expect(checkpoints.map(\.point.sequence) == [4])
        #expect(durable == 4)
    }

    @Test func `a backup's copy and a closed incarnation sign nothing`() throws {
        try till.backUp(to: "copy.db", vfs: disks[1].vfsName)
        let copy = try Replica.open(at: "copy.db", Shop.parameters(disks[1], run: 9))
        #expect(throws: ReplicaError.incarnationClosed(origin)) { try sign(copy) }
    }

    @Test func `a checkpoint that agrees is kept and vouches for what a relay brought`() throws {
        let checkpoint = try #require(try sign(till))
        #expect(headquarters.relayed[Shop.books]?.count == 1)
        #expect(try keep(checkpoint) == .news)
        #expect(headquarters.relayed.isEmpty)
        #expect(try headquarters.keep(checkpoint) { _, _ in false } == .known, "nobody verifies what is known")
        #expect(headquarters.checkpoints(of: Shop.books) == [checkpoint])
        #expect(headquarters.checkpoints(of: Shop.books, beyond: headquarters.vector(of: Shop.books)).isEmpty)
        try headquarters.commit()
        let opened = try Shop.copy(disks[0], run: 5)
        #expect(opened.checkpoints(of: Shop.books) == [checkpoint])
        #expect(opened.relayed.isEmpty)
    }

    @Test func `a checkpoint is kept with the next commit, whatever is refused in between`() throws {
        struct Refused: Error {}
        let checkpoint = try #require(try sign(till))
        let before = disks[0].operations[.sync]
        #expect(try keep(checkpoint) == .news)
        #expect(throws: Refused.self) { try headquarters.apply(at: 2000) { _ in throw Refused() } }
        #expect(headquarters.checkpoints(of: Shop.books) == [checkpoint])
        #expect(disks[0].operations[.sync] == before)
        try till.sell(4, 1, at: 2000)
        try tell(from: 2)
        #expect(disks[0].operations[.sync] == before + 1, "what was kept and what was joined are one commit")
        #expect(try Shop.copy(disks[0], run: 5).checkpoints(of: Shop.books) == [checkpoint])
    }

    @Test func `a checkpoint that is not signed by its origin is refused`() throws {
        var checkpoint = try #require(try sign(till))
        checkpoint = SignedCheckpoint(
            scope: checkpoint.scope, origin: origin, point: checkpoint.point, signature: [1, 2, 3])
        #expect(throws: ReplicaError.badSignature(scope: Shop.books, origin: origin, sequence: 3)) {
            try keep(checkpoint)
        }
        let long = SignedCheckpoint(
            scope: Shop.books, origin: origin, point: checkpoint.point, signature: Array(repeating: 0, count: 257))
        #expect(throws: ReplicaError.badSignature(scope: Shop.books, origin: origin, sequence: 3)) {
            try headquarters.keep(long) { _, _ in true }
        }
        #expect(headquarters.checkpoints(of: Shop.books).isEmpty)
        #expect(headquarters.relayed[Shop.books]?.count == 1)
    }

    @Test func `a checkpoint of more than is held waits for its transactions`() throws {
        try till.sell(4, 1, at: 2000)
        let checkpoint = try #require(try sign(till))
        #expect(try keep(checkpoint) == .ahead)
        #expect(headquarters.checkpoints(of: Shop.books).isEmpty)
        try tell(from: 2)
        #expect(try keep(checkpoint) == .news)
    }

    @Test func `a checkpoint of a point whose hash was never told is not kept`() throws {
        let points = try till.knowledge(of: origin, in: Shop.books).points
        #expect(try keep(checkpoint(at: 2, points[1].hash)) == .untold)
        #expect(headquarters.checkpoints(of: Shop.books).isEmpty)
    }

    @Test func `an older checkpoint changes nothing`() throws {
        let older = try #require(try sign(till))
        try till.sell(4, 1, at: 2000)
        let newer = try #require(try sign(till))
        try tell(from: 2)
        #expect(try keep(newer) == .news)
        #expect(try keep(older) == .known)
        #expect(headquarters.checkpoints(of: Shop.books) == [newer])
    }

    @Test func `a signed hash that is not the one held here is a fork`() throws {
        #expect(throws: ReplicaError.forked(scope: Shop.books, origin: origin, sequence: 3)) {
            try keep(checkpoint(at: 3, Hash128(high: 5, low: 5)))
        }
        #expect(headquarters.relayed[Shop.books]?.count == 1, "nothing is vouched for")
    }

    @Test func `two signatures over different hashes for one sequence prove a fork`() throws {
        let kept = try #require(try sign(till))
        try keep(kept)
        let other = checkpoint(at: 3, Hash128(high: 5, low: 5))
        #expect(throws: ReplicaError.forkProven(kept, other)) { try keep(other) }
        let forged = SignedCheckpoint(scope: Shop.books, origin: origin, point: other.point, signature: [1])
        #expect(throws: ReplicaError.badSignature(scope: Shop.books, origin: origin, sequence: 3)) { try keep(forged) }
        #expect(headquarters.checkpoints(of: Shop.books) == [kept])
    }

    @Test func `what is written again under another name loses its checkpoint`() throws {
        try till.sell(4, 1, at: 2000)
        _ = try #require(try sign(till))
        try till.reincarnate(as: 4711, at: 2000)
        try till.salvage(
            origin, in: Shop.books, knownElsewhere: try headquarters.knowledge(of: origin, in: Shop.books))
        #expect(till.vector(of: Shop.books).sequence(of: origin) == 3)
        #expect(till.checkpoints(of: Shop.books).isEmpty)
        #expect(try Shop.copy(disks[1], run: 5).checkpoints(of: Shop.books).isEmpty)
    }

    @Test func `checkpoints are read as they were written, and every other spelling is refused`() throws {
        let checkpoint = try #require(try sign(till))
        var writer = ByteWriter()
        checkpoint.encode(into: &writer)
        let bytes = writer.bytes
        #expect(try Self.decode(bytes) == checkpoint)
        for count in bytes.indices {
            #expect(throws: CodecError.self) { try Self.decode(Array(bytes[..<count])) }
        }
        writer = ByteWriter()
        SignedCheckpoint(
            scope: Shop.books, origin: origin, point: checkpoint.point, signature: Array(repeating: 0, count: 257)
        ).encode(into: &writer)
        #expect(throws: CodecError.self) { try Self.decode(writer.bytes) }
        writer = ByteWriter()
        self.checkpoint(at: 0, .zero).encode(into: &writer)
        #expect(throws: CodecError.self) { try Self.decode(writer.bytes) }
    }

    private static func decode(_ bytes: [UInt8]) throws -> SignedCheckpoint {
        try bytes.withUnsafeBytes { raw in
            var reader = ByteReader(raw)
            let checkpoint = try SignedCheckpoint(decoding: &reader)
            try reader.expectEnd()
            return checkpoint
        }
    }
}
