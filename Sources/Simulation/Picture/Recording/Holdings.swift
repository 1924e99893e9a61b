internal import CRDT
internal import Replica

/// Who holds what of all that was acknowledged: what is missing where, and who differs from HQ.
struct Holdings {
    /// What a machine held of a scope when it was last looked at: a machine that is off has it on its disk.
    private struct Holding {
        let vector: VersionVector
        let digest: Hash128?
    }

    private var holdings: [[Scope: Holding]]
    private var acknowledged: [Scope: VersionVector] = [:]
    /// By machine and scope, what is not 0.
    private var lacking: [[Scope: Int]]
    private var missing: [Int]
    private var differing: [Set<Scope>]
    /// Of each scope, what some machine lacks; of those in `changed` it is out of date.
    private var lackedSomewhere: [Scope: Int] = [:]
    private var changed: Set<Scope> = []

    init(machines: Int) {
        holdings = Array(repeating: [:], count: machines)
        lacking = Array(repeating: [:], count: machines)
        missing = Array(repeating: 0, count: machines)
        differing = Array(repeating: [], count: machines)
    }

    /// Of which a machine held something when it was last looked at.
    func scopes(of node: Int) -> Set<Scope> { Set(holdings[node].keys) }

    func differs(_ node: Int) -> Bool { !differing[node].isEmpty }

    /// An origin has acknowledged its transactions of a scope up to a sequence.
    mutating func acknowledge(_ origin: Origin, upTo sequence: UInt64, in scope: Scope) {
        let before = acknowledged[scope]?.sequence(of: origin) ?? 0
        guard sequence > before else { return }
        acknowledged[scope, default: VersionVector()].advance(origin, to: sequence)
        // Nobody else can hold what is only now told.
        for node in nodes(wanting: scope) { lack(lacking[node][scope, default: 0] + Int(sequence - before), scope, node) }
    }

    /// A machine holds this of a scope.
    ///
    /// - Returns: how many transactions more than before, and the machines that differ from HQ now or no longer.
    mutating func hold(_ scope: Scope, _ vector: VersionVector, _ digest: Hash128?, at node: Int) -> (gain: Int, nodes: [Int]) {
        let before = holdings[node][scope]?.vector ?? VersionVector()
        holdings[node][scope] = Holding(vector: vector, digest: digest)
        if !vector.covers(before) { forgetWhatIsNowhere(of: scope) }
        let wanting = nodes(wanting: scope)
        if wanting.contains(node) {
            lack(Self.count((acknowledged[scope] ?? VersionVector()).entries, beyond: vector), scope, node)
        }
        let compared = node == 0 ? wanting.filter { $0 != 0 } : wanting.filter { $0 == node }
        for other in compared { compare(other, scope) }
        return (Self.count(vector.entries, beyond: before), compared)
    }

    /// - Complexity: the machines by the origins of each shared scope that has changed since.
    mutating func measure() -> MissingCurve.Measure {
        for scope in changed { lackedSomewhere[scope] = countLackedSomewhere(scope) }
        changed = []
        let most = missing.max() ?? 0
        return MissingCurve.Measure(
            somewhere: lackedSomewhere.values.reduce(0, +), most: most, lane: missing.firstIndex(of: most) ?? 0)
    }

    /// A machine's number is its member's.
    private func nodes(wanting scope: Scope) -> [Int] {
        switch scope.kind {
        case .chain, .customers: Array(holdings.indices)
        case .books, .stock, .mailbox, nil:
            holdings.indices.contains(Int(scope.member)) && scope.member != 0 && Convergence.concerns(scope, scope.member)
                ? [0, Int(scope.member)] : [0]
        }
    }

    /// A disk was set back, and nobody can lack what it held alone.
    private mutating func forgetWhatIsNowhere(of scope: Scope) {
        let there = (acknowledged[scope] ?? VersionVector()).entries.compactMap { entry -> VersionVector.Entry? in
            let held = holdings.map { $0[scope]?.vector.sequence(of: entry.origin) ?? 0 }.max() ?? 0
            return held == 0 ? nil : VersionVector.Entry(origin: entry.origin, sequence: min(entry.sequence, held))
        }
        acknowledged[scope] = VersionVector(there)
        for node in nodes(wanting: scope) {
            lack(Self.count(there, beyond: holdings[node][scope]?.vector ?? VersionVector()), scope, node)
        }
    }

    private mutating func lack(_ count: Int, _ scope: Scope, _ node: Int) {
        missing[node] += count - lacking[node][scope, default: 0]
        lacking[node][scope] = count == 0 ? nil : count
        changed.insert(scope)
    }

    private mutating func compare(_ node: Int, _ scope: Scope) {
        let (own, other) = (holdings[node][scope], holdings[0][scope])
        // A digest that is not there belongs to a cut that is still being folded in, and says nothing.
        let isSame =
            (own?.vector ?? VersionVector()) == (other?.vector ?? VersionVector())
            && (own?.digest == nil || other?.digest == nil || own?.digest == other?.digest)
        if isSame { differing[node].remove(scope) } else { differing[node].insert(scope) }
    }

    private func countLackedSomewhere(_ scope: Scope) -> Int {
        let lackers = nodes(wanting: scope).filter { lacking[$0][scope] != nil }
        return (acknowledged[scope] ?? VersionVector()).entries.reduce(0) { sum, entry in
            let least = lackers.map { holdings[$0][scope]?.vector.sequence(of: entry.origin) ?? 0 }.min() ?? entry.sequence
            return sum + Int(entry.sequence - min(least, entry.sequence))
        }
    }

    private static func count(_ entries: [VersionVector.Entry], beyond vector: VersionVector) -> Int {
        entries.reduce(0) { sum, entry in
            let held = vector.sequence(of: entry.origin)
            return entry.sequence > held ? sum + Int(clamping: entry.sequence - held) : sum
        }
    }
}
