internal import CRDT
internal import Replica
internal import Retail

/// Every value that was written without seeing another one, and lost to it, is kept where a person finds it: among the choices of
/// its record, which is counted with those that wait for somebody to choose.
struct LosersKept: Oracle {
    static let name = "losers_kept"

    mutating func observe(_ observation: Observation, in laboratory: Laboratory) throws {
        guard case .ended = observation else { return }
        let written = laboratory.journal.keysWithChoices
        for (node, machine) in laboratory.world.nodes.enumerated() {
            guard let replica = machine.replica else { continue }
            var contested = 0
            for scope in replica.heldScopes {
                guard let vector = laboratory.journal.vector(of: replica, in: scope) else { continue }
                for key in written[scope] ?? [] {
                    guard let choices = laboratory.journal.history(of: key)?.choices(at: vector), !choices.isEmpty else {
                        continue
                    }
                    contested += 1
                    guard let record = try machine.shown(key) else { continue }
                    for (slot, values) in choices {
                        let offered = Self.choices(in: slot, of: record, key)
                        guard Set(offered) != values || offered.count != values.count else { continue }
                        throw Self.violation(
                            "\(key): offers \(Self.text(offered)), and should \(Self.text(values))", at: node, in: laboratory)
                    }
                }
            }
            try checkCount(contested, replica, node, laboratory)
        }
    }

    /// What a person is shown.
    private static func choices(in slot: SlotKey, of record: Record, _ key: RecordKey) -> [Value] {
        if key.collection == RetailSchema.order.number, slot.field == RetailSchema.Order.status {
            return record.progress(slot.field, in: OrderStatus.lattice).heads.map(Value.integer)
        }
        return record.register(slot).map { ([$0.winner] + $0.losers).compactMap(\.value) } ?? []
    }

    /// The same for equal sets.
    private static func text(_ values: some Sequence<Value>) -> String { "\(values.map { "\($0)" }.sorted())" }

    private func checkCount(_ contested: Int, _ replica: Replica, _ node: Int, _ laboratory: Laboratory) throws {
        var verification = RowVerification()
        var found = try replica.verify(&verification, limit: 10_000)
        while !found.isComplete { found = try replica.verify(&verification, limit: 10_000) }
        guard found.contested != contested else { return }
        throw Self.violation(
            "tells of \(found.contested ?? 0) records in which somebody must choose; there are \(contested)", at: node,
            in: laboratory)
    }
}
