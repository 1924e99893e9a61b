import Replica
import Simulation

/// What is known beforehand of who will have seen what, as acts come one after another and barriers stand between some of them.
struct Causality {
    private(set) var reach: Reach
    /// In which somebody has written.
    private var written: Set<Scope> = []
    /// Who has written since the last barrier what others within reach may have seen or not.
    private var unsettled: [Scope: Set<Int>] = [:]
    /// By machine, whose writes it may hold or not, because a cut or a kill came while they were on their way.
    private var doubts: [Scope: [Int: Set<Int>]] = [:]

    init(_ plan: Plan) {
        reach = Reach(plan)
    }

    /// Somebody within reach has written in the same scopes.
    func needsBarrier(before work: PlayedAct.Work) -> Bool {
        work.scopes.contains { scope in
            let others = reach.reached(from: work.node, in: scope).subtracting([work.node])
            return !others.isDisjoint(with: unsettled[scope] ?? [])
        }
    }

    /// A write may be on its way between machines that lose each other.
    func catchesWrites(_ act: PlayedAct) -> Bool {
        let after = reach.taken(act)
        return unsettled.contains { scope, writers in
            writers.contains { !reach.reached(from: $0, in: scope).isSubset(of: after.reached(from: $0, in: scope)) }
        }
    }

    /// Nobody can say what its writer sees.
    func isInDoubt(_ work: PlayedAct.Work) -> Bool {
        work.scopes.contains { !(doubts[$0]?[work.node] ?? []).isEmpty }
    }

    /// Of which scopes nobody can say what a machine shows.
    func doubtful(at machine: Int) -> Set<Scope> {
        Set(doubts.filter { !($0.value[machine] ?? []).isEmpty }.keys)
    }

    mutating func take(_ act: PlayedAct) {
        if case .work(let work) = act { return write(work) }
        let before = reach
        reach.take(act)
        for scope in written {
            for machine in reach.machines {
                let (old, new) = (before.reached(from: machine, in: scope), reach.reached(from: machine, in: scope))
                let caught = old.isSubset(of: new) ? [] : old.intersection(unsettled[scope] ?? []).subtracting([machine])
                if !caught.isEmpty { doubts[scope, default: [:]][machine, default: []].formUnion(caught) }
                if new.count > 1, !new.isSubset(of: old) { unsettled[scope, default: []].formUnion(new) }
            }
        }
    }

    private mutating func write(_ work: PlayedAct.Work) {
        for scope in work.scopes where reach.isOn(work.node) {
            written.insert(scope)
            if reach.reached(from: work.node, in: scope).count > 1 { unsettled[scope, default: []].insert(work.node) }
        }
    }

    /// A barrier: machines that reach each other hold the same, and with a writer among them nobody is in doubt of what it wrote.
    mutating func settle() {
        unsettled = [:]
        for (scope, known) in doubts {
            for machine in reach.machines where reach.isOn(machine) {
                let reached = reach.reached(from: machine, in: scope)
                let left = reached.reduce(into: Set()) { $0.formUnion(known[$1] ?? []) }.subtracting(reached)
                doubts[scope]?[machine] = left.isEmpty ? nil : left
            }
        }
    }
}
