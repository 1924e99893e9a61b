internal import CRDT
internal import Replica

/// How a chain stands, for whoever steers it.
extension SteeredRun {
    public struct Machine: Sendable {
        public let node: Int
        public let state: String
        /// Transactions that it holds, and those that are meant for it and that it lacks; nil while it is off.
        public let counts: (held: Int, lacking: Int)?
        /// Whom it has a session with, and whether it says that both hold the same.
        public let sessions: [(peer: Int, isInSync: Bool)]
    }

    /// By number.
    public var machines: [Machine] {
        let world = laboratory.world
        return world.nodes.indices.map { node in
            let scopes = scopes(of: node)
            return Machine(
                node: node, state: state(of: node),
                counts: scopes.map { ($0.reduce(0) { $0 + $1.held }, $0.reduce(0) { $0 + $1.lacking }) },
                sessions: world.peers(of: node).map { ($0, world.sessionInSync(of: node, with: $0) != nil) })
        }
    }

    /// What a machine holds of each scope, and what it lacks of those that are meant for it; nil while it is off.
    public func scopes(of node: Int) -> [(name: String, held: Int, lacking: Int)]? {
        guard let replica = laboratory.world.nodes[node].replica else { return nil }
        let journal = laboratory.journal
        return Set(replica.heldScopes + journal.scopes).sorted().compactMap { scope in
            guard Convergence.isDue(scope, at: laboratory.world.nodes[node]) else { return nil }
            let vector = journal.vector(of: replica, in: scope) ?? VersionVector()
            let all = journal.everything(in: scope)
            let missing = journal.missing(from: vector, of: all, in: scope).filter { !journal.isLost($0, in: scope) }
            let held = vector.entries.reduce(0) { $0 + Int($1.sequence) }
            return ("\(scope)", held, missing.count)
        }
    }

    /// Of each scope how many transactions there are, and who lacks how many: machines that are off are left out.
    public var scopes: [(name: String, written: Int, lacking: [(node: Int, count: Int)])] {
        let holdings = laboratory.world.nodes.indices.map { node in
            Dictionary(uniqueKeysWithValues: (scopes(of: node) ?? []).map { ($0.name, $0.lacking) })
        }
        return laboratory.journal.scopes.map { scope in
            let lacking = holdings.enumerated().compactMap { node, scopes in
                scopes["\(scope)"].flatMap { $0 > 0 ? (node: node, count: $0) : nil }
            }
            let written = laboratory.journal.everything(in: scope).entries.reduce(0) { $0 + Int($1.sequence) }
            return ("\(scope)", written, lacking)
        }
    }

    /// What is wrong with lines, in words, each line once.
    public var troubledLines: [(one: Int, other: Int, trouble: String)] {
        let world = laboratory.world
        return world.nodes.indices.flatMap { one in (0..<one).map { (one, $0) } }.compactMap { one, other in
            let (there, back) = (world.condition(from: one, to: other), world.condition(from: other, to: one))
            guard there != LineCondition() || back != LineCondition() else { return nil }
            let trouble =
                switch (there.isCut, back.isCut) {
                case (true, true): "cut"
                case (true, false): "nothing arrives at \(RunRecorder.name(other))"
                case (false, true): "nothing arrives at \(RunRecorder.name(one))"
                case (false, false): "poor"
                }
            return (one, other, trouble)
        }
    }

    private func state(of node: Int) -> String {
        let (world, machine) = (laboratory.world, laboratory.world.nodes[node])
        let state =
            machine.isRunning ? (world.paused[node] == nil ? "on" : "pauses") : machine.isOn ? "does not start" : "off"
        return machine.isDiskTroubled ? state + ", its disk is in trouble" : state
    }
}
