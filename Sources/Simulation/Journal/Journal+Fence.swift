internal import CRDT
internal import Replica

extension Journal {
    /// A lost store's end, as HQ takes over its rights.
    struct Fence: Sendable {
        /// All incarnations of the store that HQ has heard of.
        let lost: [Origin]
        /// Those of them that nobody had closed before.
        let closed: [Origin]
        /// How far HQ held what the lost ones had written.
        let known: [Scope: VersionVector]
        /// The transactions by which it closed those that nobody had.
        let closings: [Scope: Dot]

        /// - Parameters:
        ///   - headquarters: which has written nothing of it yet.
        ///   - fences: those before it.
        init(of lost: [Origin], by headquarters: Replica, after fences: [Fence]) {
            let own = headquarters.identity.origin
            let closed = lost.filter { origin in !fences.contains { $0.lost.contains(origin) } }
            var (known, closings): ([Scope: VersionVector], [Scope: Dot]) = ([:], [:])
            for scope in headquarters.heldScopes {
                let vector = headquarters.vector(of: scope)
                let entries = vector.entries.filter { lost.contains($0.origin) }
                if !entries.isEmpty { known[scope] = VersionVector(entries) }
                guard entries.contains(where: { closed.contains($0.origin) }) else { continue }
                closings[scope] = Dot(origin: own, sequence: vector.sequence(of: own) + 1)
            }
            (self.lost, self.closed, self.known, self.closings) = (lost, closed, known, closings)
        }
    }
}
