internal import CRDT
public import Replica

/// How far a replica's own transactions had come when this was written: a witness outside the database.
///
/// It is written lazily, so it may lag behind. A database that is behind *it* was put back to an earlier state, and would use
/// sequence numbers a second time.
public struct HighWater: Hashable, Sendable {
    public let origin: UInt64
    /// By scope: the last sequence of the origin's own.
    public let sequences: [Scope: UInt64]

    /// - Parameter replica: with everything committed.
    public init(of replica: Replica) {
        let own = replica.identity.origin
        origin = own.rawValue
        var sequences: [Scope: UInt64] = [:]
        for scope in replica.heldScopes {
            let sequence = replica.vector(of: scope).sequence(of: own)
            if sequence > 0 { sequences[scope] = sequence }
        }
        self.sequences = sequences
    }

    /// Whether a replica lacks some of what was its own, and has not begun a new incarnation since.
    public func isAhead(of replica: Replica) -> Bool {
        let origin = Origin(rawValue: origin)
        if origin != replica.identity.origin, replica.closedOrigins.contains(origin) { return false }
        return sequences.contains { scope, sequence in replica.vector(of: scope).sequence(of: origin) < sequence }
    }
}

extension HighWater {
    static let fileName = "high-water"

    private struct Content: Codable {
        struct Mark: Codable {
            var scope: UInt32
            var sequence: UInt64
        }

        var version = 1
        var origin: String
        var marks: [Mark]
    }

    private static func file(in directory: String) -> JSONFile<Content> {
        JSONFile(path: directory + "/" + fileName, version: 1, mode: 0o644)
    }

    private init(origin: UInt64, sequences: [Scope: UInt64]) {
        self.origin = origin
        self.sequences = sequences
    }

    /// - Returns: nil if none was written yet.
    static func read(in directory: String) throws -> HighWater? {
        let file = file(in: directory)
        guard case .file = try FileKind(file.path) else { return nil }
        let content = try file.read()
        guard let origin = UInt64(content.origin, radix: 16) else {
            throw NodeError.damaged(path: file.path, detail: "the origin is malformed")
        }
        let sequences = Dictionary(content.marks.map { (Scope(rawValue: $0.scope), $0.sequence) }, uniquingKeysWith: max)
        return HighWater(origin: origin, sequences: sequences)
    }

    func write(in directory: String) throws {
        let marks = sequences.sorted { $0.key < $1.key }.map { Content.Mark(scope: $0.key.rawValue, sequence: $0.value) }
        try Self.file(in: directory).write(Content(origin: String(origin, radix: 16), marks: marks))
    }
}
