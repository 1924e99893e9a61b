import CRDT
import Node
import Replica

/// Whether all replicas that should hold a scope hold the same: equal cuts, equal digests.
struct ScopeCheck {
    private let replicas: [ReplicaDirectory]
    private let register: ChainRegister
    private let scopes: [Scope]

    init(_ replicas: [ReplicaDirectory], _ register: ChainRegister) {
        self.replicas = replicas
        self.register = register
        scopes = Set(replicas.flatMap { $0.replica.heldScopes }).sorted()
    }

    /// What anyone holds of a scope.
    func whole(_ scope: Scope) -> VersionVector {
        replicas.reduce(into: VersionVector()) { $0.join($1.replica.vector(of: scope)) }
    }

    func run(into report: inout CheckReport) {
        for scope in scopes {
            let whole = whole(scope)
            let holders = replicas.filter { $0.wants(scope) }
            let lacks = holders.compactMap { lack(of: scope, at: $0, comparedTo: whole) }
            report.lacks += lacks
            let isEqual = lacks.isEmpty && compareStates(of: scope, at: holders, &report)
            report.scopes.append(
                .init(
                    scope: scope, holders: holders.map(\.card.name),
                    transactions: whole.entries.reduce(0) { $0 + $1.sequence },
                    digest: isEqual ? holders.first?.replica.digest(of: scope) : nil, isEqual: isEqual))
        }
    }

    private func lack(of scope: Scope, at holder: ReplicaDirectory, comparedTo whole: VersionVector) -> CheckReport.Lack? {
        let mine = holder.replica.vector(of: scope)
        let missing = whole.entries.compactMap { entry -> (member: String, count: UInt64)? in
            let present = mine.sequence(of: entry.origin)
            guard entry.sequence > present else { return nil }
            return (register.name(of: entry.origin.member), entry.sequence - present)
        }
        guard !missing.isEmpty else { return nil }
        return .init(replica: holder.card.name, scope: scope, transactions: missing.sorted { $0.count > $1.count })
    }

    /// Only asked at equal vectors, where digests say something.
    private func compareStates(of scope: Scope, at holders: [ReplicaDirectory], _ report: inout CheckReport) -> Bool {
        guard let first = holders.first else { return true }
        let (cut, digest) = (first.replica.cut(of: scope), first.replica.digest(of: scope))
        var isEqual = true
        func note(_ difference: String) {
            report.add(difference: difference)
            isEqual = false
        }
        let name = register.title(of: scope)
        for holder in holders {
            if holder.replica.digest(of: scope) == nil {
                note("\(name) at \(holder.card.name): a large cut is still being folded in; run atoll exchange again")
            } else if holder.replica.cut(of: scope) != cut {
                note("\(name): \(holder.card.name) and \(first.card.name) hold different histories under the same numbers")
            } else if holder.replica.digest(of: scope) != digest {
                note("\(name): the digests of \(holder.card.name) and \(first.card.name) differ at the same cut")
            }
        }
        return isEqual
    }
}

extension ChainRegister {
    /// A scope as a person calls it.
    func title(of scope: Scope) -> String {
        switch scope.kind {
        case .chain: "chain"
        case .customers: "customers"
        case .books: "books of \(name(of: scope.member))"
        case .stock: "stock of \(name(of: scope.member))"
        case .mailbox: "mailbox of \(name(of: scope.member))"
        case nil: "\(scope)"
        }
    }
}
