internal import CRDT
internal import Replica
internal import Sync

/// A machine says that it is in sync with another one, as `atoll status` does, only if that one holds all that both share and that
/// it has heard of itself.
struct InSync: Oracle {
    static let name = "in_sync"

    /// So many claims are looked at after each commit, in turn: HQ has a session with every store.
    private static let claimsAtOnce = 4
    private var turn = 0
    /// Who has committed last: at the next commit anywhere its sessions have heard of it.
    private var last: Int?

    mutating func observe(_ observation: Observation, in laboratory: Laboratory) throws {
        switch observation {
        case .started, .whole: break
        case .changed(let changed, _):
            defer { last = changed }
            guard let node = last else { return }
            let peers = laboratory.world.peers(of: node)
            for _ in 0..<min(Self.claimsAtOnce, peers.count) {
                turn += 1
                try check(peers[turn % peers.count], about: node, in: laboratory)
            }
        case .settled, .ended:
            for node in laboratory.world.nodes.indices {
                for peer in laboratory.world.peers(of: node) { try check(peer, about: node, in: laboratory) }
            }
        }
    }

    private func check(_ node: Int, about other: Int, in laboratory: Laboratory) throws {
        let (machine, peer) = (laboratory.world.nodes[node], laboratory.world.nodes[other])
        guard let session = laboratory.world.sessionInSync(of: node, with: other), let replica = machine.replica,
            // One whose disk cannot be asked says too little of itself, and nothing to others.
            let held = peer.replica, !held.isStale
        else { return }
        for scope in Self.scopes(machine.member, peer.member) where session.suspended[scope] == nil {
            let (own, theirs) = (replica.vector(of: scope), held.vector(of: scope))
            guard !theirs.covers(own), isMissing(own, of: replica, from: held, in: scope, laboratory.journal) else { continue }
            throw Self.violation(
                "\(scope): says that it is in sync with node \(other), which holds \(theirs.entries.map(\.sequence)) of its "
                    + "\(own.entries.map(\.sequence))", at: node, in: laboratory)
        }
    }

    /// Whether the other one holds less under whatever numbers: it may have written again what it had told under those that it
    /// used twice, and word of that is on its way.
    private func isMissing(
        _ own: VersionVector, of replica: Replica, from held: Replica, in scope: Scope, _ journal: Journal
    ) -> Bool {
        guard let here = journal.vector(of: replica, in: scope), let there = journal.vector(of: held, in: scope) else {
            return true
        }
        let isKnown = own.entries.allSatisfy { journal.origins(in: scope).contains($0.origin) }
        return !isKnown || !journal.missing(from: there, of: here, in: scope).isEmpty
    }

    /// What is meant for both.
    private static func scopes(_ one: UInt32, _ other: UInt32) -> [Scope] {
        let own = [one, other].flatMap { member in
            [Scope.Kind.books, .stock, .mailbox].map { Scope($0, of: member) }
        }
        return ([.chain, Scope(.customers)] + own).filter { Convergence.concerns($0, one) && Convergence.concerns($0, other) }
    }
}
