internal import Replica

/// Joins never write: once everybody holds everything, nothing new comes into being anywhere, no record is sent, and of bytes no
/// more than what shows that the others are still there.
struct WritesStop: Oracle {
    static let name = "writes_stop"

    private struct Rest {
        let sentBytes: Int
        let sentRecords: Int
    }

    /// Since all was settled.
    private var rest: Rest?
    /// In the two minutes for which it lasts: five pings, their answers, and as much again.
    private static let bytesPerLine = 512

    mutating func observe(_ observation: Observation, in laboratory: Laboratory) throws {
        let world = laboratory.world
        switch observation {
        case .started, .whole: break
        case .settled: rest = Rest(sentBytes: world.sentBytes, sentRecords: world.sentRecords)
        case .changed(let node, let scopes):
            guard rest != nil else { return }
            throw Self.violation(
                "\(scopes.map(\.description).joined(separator: ", ")): something is new although all was settled",
                at: node, in: laboratory)
        case .ended:
            guard let rest else { return }
            let (bytes, records) = (world.sentBytes - rest.sentBytes, world.sentRecords - rest.sentRecords)
            // Who may not sync asks again and again, since that may be taken back; and so do two machines of one member.
            let isQuiet = world.keptOut.isEmpty && !world.hasDoubles
            guard bytes > Self.bytesPerLine * world.lineCount && isQuiet || records > 0 else { return }
            throw Self.violation(
                "\(bytes) bytes and \(records) records were sent although all was settled", at: nil, in: laboratory)
        }
    }
}
