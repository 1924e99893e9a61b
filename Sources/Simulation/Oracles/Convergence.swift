internal import CRDT
internal import Replica

/// Once the lines are whole, everybody comes to hold everything that is meant for them and that a disk has kept: HQ all, a store
/// its own and what the chain shares, and of the shelves of others those that it has taken up.
struct Convergence: Oracle {
    static let name = "convergence"

    mutating func observe(_ observation: Observation, in laboratory: Laboratory) throws {
        guard case .ended = observation else { return }
        let (journal, out) = (laboratory.journal, laboratory.world.keptOut)
        for scope in journal.scopes {
            // Of those from whom nobody may take anything, all hold what HQ holds.
            let known = laboratory.world.nodes[0].replica.flatMap { journal.vector(of: $0, in: scope) } ?? VersionVector()
            for (node, machine) in laboratory.world.nodes.enumerated()
            where Self.isDue(scope, at: machine) && !out.contains(machine.member) {
                guard let replica = machine.replica else {
                    throw Self.violation("is off at the end", at: node, in: laboratory)
                }
                let vector = journal.vector(of: replica, in: scope) ?? VersionVector()
                for origin in journal.origins(in: scope) {
                    let last = journal.entries(of: origin, in: scope).last?.dot.sequence ?? 0
                    let due = VersionVector([.init(origin: origin, sequence: last)])
                    let missing = journal.missing(from: vector, of: due, in: scope).filter { entry in
                        let isKeptOut = out.contains(entry.dot.origin.member) && !journal.isHeld(entry, by: known, in: scope)
                        return !journal.isLost(entry, in: scope) && !isKeptOut
                    }
                    guard !missing.isEmpty else { continue }
                    throw Self.violation(
                        "\(scope): holds \(vector.sequence(of: origin)) of \(last) transactions of member \(origin.member), and "
                            + "lacks \(missing.count)", at: node, in: laboratory)
                }
            }
        }
    }

    /// Whether a machine is to hold a scope up to its end: because it is meant for it, or because it has taken it up.
    static func isDue(_ scope: Scope, at machine: SimulatedNode) -> Bool {
        concerns(scope, machine.member) || machine.replica?.holds(scope) == true
    }

    /// Whether a scope is meant for a member.
    static func concerns(_ scope: Scope, _ member: UInt32) -> Bool {
        switch scope.kind {
        case .chain, .customers: true
        case .books, .stock, .mailbox: member == 0 || scope.member == member
        case nil: member == 0
        }
    }
}
