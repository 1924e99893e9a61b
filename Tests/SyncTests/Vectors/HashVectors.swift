import CRDT
import Replica
import Retail
import Sync

/// What is hashed, byte by byte, and what comes of it.
struct HashVectors: Codable, Hashable {
    struct Link: Codable, Hashable {
        let scope: Int
        let before: String
        let link: String
        let hash: JSON
    }

    struct Digest: Codable, Hashable {
        let scope: Int
        let key: String
        /// Each hashed by itself, and summed up.
        let messages: [String]
        let digest: JSON
    }

    struct Summary: Codable, Hashable {
        let scope: Int
        let message: String
        let summary: JSON
    }

    struct Checkpoint: Codable, Hashable {
        let chain: JSON
        let scope: Int
        let origin: JSON
        let sequence: Int
        let hash: JSON
        /// What is signed.
        let message: String
    }

    var links: [Link] = []
    var digests: [Digest] = []
    var summaries: [Summary] = []
    var checkpoints: [Checkpoint] = []

    static let digestKey = [UInt8](repeating: 7, count: 16)

    /// Two sales, the second of which takes the stock further.
    static func all() throws -> HashVectors {
        let store = try SessionEnd(1)
        var now = Moment(monotonic: 0, wall: 1_740_000_000_000)
        var vectors = HashVectors()
        for id in ["S001-0000123", "S001-0000124"] {
            now.wall += 1000
            let before = store.replica.heldScopes.map { ($0, store.replica.cut(of: $0)) }
            try store.sell(id, lines: 2, at: now)
            for scope in store.replica.heldScopes {
                let known = before.first { $0.0 == scope }?.1 ?? Cut()
                vectors.links.append(try link(scope, after: known, of: store.replica, stampedAt: now))
            }
        }
        for scope in store.replica.heldScopes { try vectors.add(scope, of: store.replica) }
        return vectors
    }

    private static func link(_ scope: Scope, after known: Cut, of replica: Replica, stampedAt now: Moment) throws -> Link {
        let origin = replica.identity.origin
        let point = try replica.cut(of: scope)[origin].required
        let dot = Dot(origin: origin, sequence: point.sequence)
        var link = ByteWriter()
        link.write(varint: dot.sequence)
        link.write(fixed64: HLC(milliseconds: now.wall).rawValue)
        link.write(hash: Hash128(high: UInt64(replica.identity.member), low: 1))
        for record in try replica.delta(scope, for: known).required.records {
            var (key, cells) = (ByteWriter(), ByteWriter())
            record.key.encode(into: &key)
            CellGroup.encode(try record.cells(), of: dot, into: &cells)
            link.write(counted: key.bytes)
            link.write(counted: cells.bytes)
        }
        var before = ByteWriter()
        before.write(hash: known[origin]?.hash ?? .zero)
        return Link(
            scope: Int(scope.rawValue), before: before.bytes.hex, link: link.bytes.hex, hash: JSON(point.hash))
    }

    private mutating func add(_ scope: Scope, of replica: Replica) throws {
        var messages: [String] = []
        for record in try replica.delta(scope, for: Cut()).required.records {
            let cells = try record.cells()
            var key = ByteWriter()
            record.key.encode(into: &key)
            for dot in Set(cells.map(\.dot)).sorted() {
                let live = cells.filter { $0.dot == dot && !$0.isMark }
                guard let stamp = live.first?.stamp else { continue }
                var message = ByteWriter()
                message.write(byte: UInt8(key.count))
                message.write(raw: key.bytes)
                for word in [dot.origin.rawValue, dot.sequence, stamp.rawValue] { message.write(fixed64: word) }
                CellGroup.encode(live, of: dot, into: &message)
                messages.append(message.bytes.hex)
            }
        }
        let digest = try replica.digest(of: scope).required
        digests.append(
            Digest(scope: Int(scope.rawValue), key: Self.digestKey.hex, messages: messages, digest: JSON(digest)))
        var summary = ByteWriter()
        summary.write(varint: UInt64(scope.rawValue))
        replica.cut(of: scope).encode(into: &summary)
        summary.write(hash: digest)
        summaries.append(
            Summary(
                scope: Int(scope.rawValue), message: summary.bytes.hex,
                summary: JSON(try replica.summary(of: scope).required)))
        let (origin, point) = try replica.cut(of: scope).points.last.required
        let message = SignedCheckpoint.message(chain: SessionEnd.chain, scope: scope, origin: origin, point: point)
        checkpoints.append(
            Checkpoint(
                chain: JSON(SessionEnd.chain), scope: Int(scope.rawValue), origin: JSON(origin),
                sequence: Int(point.sequence), hash: JSON(point.hash), message: message.hex))
    }
}
