internal import CRDT
internal import Replica

/// What a machine shows of a scope is the fold of exactly the transactions that it claims to hold: looked at after every commit
/// in the records that its new transactions touched, and at the end in all.
struct StateIsFold: Oracle {
    static let name = "state_is_fold"

    private var newcomers = Newcomers()
    /// After a start the last transactions of each origin are looked at again: what a crash may have harmed.
    private static let recheckedSequences: UInt64 = 16

    mutating func observe(_ observation: Observation, in laboratory: Laboratory) throws {
        switch observation {
        case .started(let node):
            guard let replica = laboratory.world.nodes[node].replica else { return }
            for scope in replica.heldScopes {
                guard let vector = laboratory.journal.vector(of: replica, in: scope) else { continue }
                newcomers.forget(Self.recheckedSequences, of: scope, at: node, holding: vector)
                try check(node, scope, in: laboratory)
            }
        case .changed(let node, let scopes): for scope in scopes { try check(node, scope, in: laboratory) }
        case .whole, .settled: break
        case .ended:
            for node in laboratory.world.nodes.indices { try checkAll(node, in: laboratory) }
        }
    }

    private mutating func check(_ node: Int, _ scope: Scope, in laboratory: Laboratory) throws {
        guard let replica = laboratory.world.nodes[node].replica else { return }
        guard let vector = laboratory.journal.vector(of: replica, in: scope) else { return }
        var touched: Set<RecordKey> = []
        for news in newcomers.take(of: scope, at: node, holding: vector, in: laboratory.journal) {
            for transaction in news { touched.formUnion(transaction.effects.map(\.key)) }
        }
        for key in touched.sorted() { try compare(key, replica, vector, node, laboratory, isEnd: false) }
    }

    private func checkAll(_ node: Int, in laboratory: Laboratory) throws {
        guard let replica = laboratory.world.nodes[node].replica else { return }
        for scope in replica.heldScopes {
            guard let vector = laboratory.journal.vector(of: replica, in: scope) else { continue }
            let written = laboratory.journal.keys(of: scope)
            for key in written { try compare(key, replica, vector, node, laboratory, isEnd: true) }
            if let key = Set(try replica.keys(of: scope)).subtracting(written).filter({ !ShopRules.isOfEngine($0) }).min() {
                throw Self.violation("\(key): a record that nobody has written", at: node, in: laboratory)
            }
        }
    }

    private func compare(
        _ key: RecordKey, _ replica: Replica, _ vector: VersionVector, _ node: Int, _ laboratory: Laboratory, isEnd: Bool
    ) throws {
        let history = laboratory.journal.history(of: key)
        guard let record = try laboratory.world.nodes[node].shown(key) else {
            guard isEnd else { return }
            throw Self.violation("\(key): its row was damaged, and nobody has mended it", at: node, in: laboratory)
        }
        if let history, history.isEntangled {
            return try compareMeaning(of: record, key, history, replica, vector, node, laboratory, isEnd: isEnd)
        }
        let expected = history?.cells(at: vector) ?? []
        let found = record.cells.filter { !$0.isMark }
        guard found != expected else { return }
        throw Self.violation("\(key): shows \(found), and should \(expected)", at: node, in: laboratory)
    }

    /// A closed incarnation's shares of counters are right again once facts were counted, and everybody has heard of it.
    private func compareMeaning(
        of record: Record, _ key: RecordKey, _ history: RecordHistory, _ replica: Replica, _ vector: VersionVector, _ node: Int,
        _ laboratory: Laboratory, isEnd: Bool
    ) throws {
        var expected = history.meaning(at: vector)
        var found = history.meaning(of: record) { replica.run(of: $0, in: key.scope) }
        if !isEnd { (expected.counts, found.counts) = ([:], [:]) }
        guard found != expected else { return }
        throw Self.violation("\(key): shows \(found), and should \(expected)", at: node, in: laboratory)
    }
}
