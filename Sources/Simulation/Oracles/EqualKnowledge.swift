internal import CRDT
internal import Replica

/// Whoever holds the same transactions of a scope shows the same state, at every instant: equal vectors, equal digests.
struct EqualKnowledge: Oracle {
    static let name = "equal_knowledge"

    private struct Claim {
        let digest: Hash128?
        let node: Int
        let time: Int64
    }

    /// What was claimed at each vector, the newest ones of each scope.
    private var claims: [Scope: [VersionVector: Claim]] = [:]
    private var order: [Scope: [VersionVector]] = [:]
    /// Scopes in which somebody has altered what another one wrote: nobody is equal before that is mended.
    private var altered: Set<Scope> = []
    private static let claimLimit = 20_000

    mutating func observe(_ observation: Observation, in laboratory: Laboratory) throws {
        switch observation {
        case .started(let node):
            for scope in laboratory.world.nodes[node].replica?.heldScopes ?? [] { try check(node, scope, in: laboratory) }
        case .changed(let node, let scopes): for scope in scopes { try check(node, scope, in: laboratory) }
        case .whole, .settled: break
        case .ended:
            for scope in altered { (claims[scope], order[scope]) = (nil, nil) }
            for (node, machine) in laboratory.world.nodes.enumerated() {
                for scope in altered.sorted() { try check(node, scope, in: laboratory) }
                for scope in machine.replica?.heldScopes ?? [] { try recompute(scope, machine.replica, node, laboratory) }
            }
        }
    }

    private mutating func check(_ node: Int, _ scope: Scope, in laboratory: Laboratory) throws {
        guard let replica = laboratory.world.nodes[node].replica else { return }
        if laboratory.world.nodes[node].altered.contains(where: { $0.scope == scope }) {
            altered.insert(scope)
            return
        }
        // What others say of a damaged record is joined around it, and comes again with its mending.
        if laboratory.world.nodes[node].hasRot, replica.ailingScopes.contains(scope) { return }
        // While a large cut is being folded in, nobody knows the digest.
        guard let vector = laboratory.journal.vector(of: replica, in: scope), let digest = replica.digest(of: scope) else {
            return
        }
        let claim = Claim(digest: digest, node: node, time: laboratory.world.now)
        guard let other = claims[scope]?[vector] else {
            claims[scope, default: [:]][vector] = claim
            order[scope, default: []].append(vector)
            forgetOldest(of: scope)
            return
        }
        guard other.digest != claim.digest else { return }
        throw Self.violation(
            "\(scope): holds what node \(other.node) held at \(other.time) ms, and shows something else",
            at: node, in: laboratory)
    }

    private mutating func forgetOldest(of scope: Scope) {
        guard let list = order[scope], list.count > 2 * Self.claimLimit else { return }
        for vector in list.prefix(Self.claimLimit) { claims[scope]?[vector] = nil }
        order[scope]?.removeFirst(Self.claimLimit)
    }

    /// The digest that is carried along is that of the rows.
    private func recompute(_ scope: Scope, _ replica: Replica?, _ node: Int, _ laboratory: Laboratory) throws {
        guard let replica, try replica.recomputedDigest(of: scope) != replica.digest(of: scope) else { return }
        throw Self.violation("\(scope): its rows do not add up to its digest", at: node, in: laboratory)
    }
}
