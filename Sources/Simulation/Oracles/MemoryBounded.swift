internal import Replica
internal import Sync

/// What a machine keeps in memory for a session is bounded, however much there is to send and however slowly it goes: what has come
/// by the credit that it gave and by what may wait for its disk, what is on its way by the other one's credit.
struct MemoryBounded: Oracle {
    static let name = "memory_bounded"

    /// One frame may overdraw credit: a push, or a piece of a large delta. Measured: none at any commit.
    private static let frameBytes = 1 << 16
    /// One may wait above what else does, and four pieces of a large delta for the line.
    private static let framesKept = 5
    /// So many sessions are looked at after each commit, in turn: HQ has one with every store.
    private static let sessionsAtOnce = 4
    private var turn = 0

    mutating func observe(_ observation: Observation, in laboratory: Laboratory) throws {
        guard case .changed(let node, _) = observation else { return }
        let peers = laboratory.world.peers(of: node)
        for _ in 0..<min(Self.sessionsAtOnce, peers.count) {
            turn += 1
            try check(node, with: peers[turn % peers.count], in: laboratory)
        }
    }

    private func check(_ node: Int, with peer: Int, in laboratory: Laboratory) throws {
        let world = laboratory.world
        let (kept, onTheWay) = world.waitingBytes(of: node, with: peer)
        let (own, theirs) = (world.nodes[node].bounds.session, world.nodes[peer].bounds.session)
        guard kept <= own.creditBytes + own.waitingBytes + Self.framesKept * Self.frameBytes else {
            throw Self.violation("its session with node \(peer) keeps \(kept) bytes", at: node, in: laboratory)
        }
        guard onTheWay <= theirs.creditBytes + Self.frameBytes else {
            throw Self.violation("\(onTheWay) bytes are on their way to node \(peer)", at: node, in: laboratory)
        }
    }
}
