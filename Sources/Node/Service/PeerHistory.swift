internal import CRDT
internal import Replica

/// What a node remembers of another since it was started.
struct PeerHistory: Sendable {
    /// When the last session was open for data, in milliseconds since 1970.
    private(set) var lastOpened: Int64?
    private(set) var lastEnded: Int64?
    /// Why the last one ended, or could not begin.
    private(set) var error: (name: String, detail: String)?

    /// What it last told to hold durably, by scope, and when.
    private(set) var held: [Scope: VersionVector] = [:]
    private(set) var heldSince: Int64?

    mutating func holds(_ vectors: [Scope: VersionVector], at milliseconds: Int64) {
        (held, heldSince) = (vectors, milliseconds)
    }

    /// How many transactions of a replica it lacks, as far as is known.
    func lacks(of replica: Replica) -> UInt64 {
        held.reduce(0) { sum, entry in
            replica.vector(of: entry.key).entries.reduce(sum) { sum, mine in
                let theirs = entry.value.sequence(of: mine.origin)
                return mine.sequence > theirs ? sum + (mine.sequence - theirs) : sum
            }
        }
    }

    mutating func opened(at milliseconds: Int64) {
        lastOpened = milliseconds
        error = nil
    }

    mutating func ended(_ name: String, _ detail: String, at milliseconds: Int64) {
        lastEnded = milliseconds
        error = (name, detail)
    }
}
