internal import CRDT
internal import Replica

/// Bringing everybody up to date costs a multiple of what was missing, and not of what is held; and what fits one frame is not
/// sent in pieces, as long as nobody else has written anything.
///
/// Bytes are counted from the moment on at which all is whole, when no fault makes anybody send a thing twice.
struct BytesBounded: Oracle {
    static let name = "bytes_bounded"

    /// For each part of a transaction in one scope, as often as machines lack it. Measured: 2 to 21, for few as for 12,000.
    private static let bytesPerPart = 64
    /// At each end of a line, to find out what is missing. Measured: up to 1,400 a machine in a chain of 7; it grows by the origins
    /// of the largest scope, all of which a session may have to name.
    private static let bytesPerEnd = 4_096
    private static let bytesPerOrigin = 64
    /// To show that somebody is there. Measured: 56.
    private static let bytesPerEndAndMinute = 128

    private struct Beginning {
        let time: Int64
        let sentBytes: Int
        let missingParts: Int
    }

    private var beginning: Beginning?

    mutating func observe(_ observation: Observation, in laboratory: Laboratory) throws {
        let world = laboratory.world
        switch observation {
        case .started, .settled: break
        case .changed:
            // Where others write, too, news that cross may keep each other from frames.
            guard let (node, scope) = world.needlessPieces.first, Self.isOnlyWriter(node, in: laboratory) else { return }
            throw Self.violation("\(scope): sends in pieces what fits one frame", at: node, in: laboratory)
        case .whole:
            beginning = Beginning(
                time: world.now, sentBytes: world.sentBytes, missingParts: Self.missingParts(in: laboratory))
        case .ended:
            guard let beginning, !world.hasDoubles else { return }
            let sent = world.sentBytes - beginning.sentBytes
            let journal = laboratory.journal
            let origins = journal.scopes.map { journal.origins(in: $0).count }.max() ?? 0
            let minutes = Int((world.now - beginning.time) / 60_000)
            let each = Self.bytesPerEnd + Self.bytesPerOrigin * origins + Self.bytesPerEndAndMinute * minutes
            let limit = Self.bytesPerPart * beginning.missingParts + each * 2 * world.lineCount
            guard sent > limit else { return }
            throw Self.violation(
                "\(sent) bytes were sent for \(beginning.missingParts) parts of transactions that were missing; at most "
                    + "\(limit) should have been", at: nil, in: laboratory)
        }
    }

    private static func isOnlyWriter(_ node: Int, in laboratory: Laboratory) -> Bool {
        let (journal, member) = (laboratory.journal, laboratory.world.nodes[node].member)
        return journal.scopes.allSatisfy { scope in journal.origins(in: scope).allSatisfy { $0.member == member } }
    }

    private static func missingParts(in laboratory: Laboratory) -> Int {
        var count = 0
        for scope in laboratory.journal.scopes {
            for machine in laboratory.world.nodes where Convergence.isDue(scope, at: machine) {
                let vector = machine.replica.flatMap { laboratory.journal.vector(of: $0, in: scope) } ?? VersionVector()
                let everything = laboratory.journal.everything(in: scope)
                count += laboratory.journal.missing(from: vector, of: everything, in: scope).count
            }
        }
        return count
    }
}
