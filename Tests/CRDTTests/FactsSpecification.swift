import CRDT

/// Facts: every visible statement, each identity once.
struct FactsSpecification: Specification {
    struct Identity: Hashable {
        let origin: UInt64
        let sequence: UInt64
        let index: UInt64
    }

    enum Action {
        case state([UInt64])
        case restate(Identity)
    }

    func perform(
        on record: inout Record, at version: Version, seeing visible: [Operation<Action>], origins: [Origin],
        random: inout SeededRandom
    ) -> Action? {
        let known = known(visible)
        if !known.isEmpty, random.chance(30) {
            let identity = random.pick(known)
            let id = FactID(
                run: run(Origin(rawValue: identity.origin)), sequence: identity.sequence, index: identity.index)
            record.restate(value(identity), as: id, in: 5, at: version)
            return .restate(identity)
        }
        let indices = (0...UInt64(random.below(3))).map { $0 * 300 }
        for index in indices {
            let identity = Identity(origin: version.dot.origin.rawValue, sequence: version.dot.sequence, index: index)
            record.state(value(identity), in: 5, index: index, at: version)
        }
        return .state(indices)
    }

    func check(_ record: Record, of owner: Origin, seeing visible: [Operation<Action>]) throws {
        let all = record.facts(5) { run($0.origin) }
        let expected = Set(known(visible))
        try expectEqual(all.map { identity($0.id) }, expected.sorted { isBefore($0, $1) }, "facts")
        for fact in all { try expectEqual(fact.value, value(identity(fact.id)), "value of \(fact.id)") }

        let explicit = visible.compactMap { if case .restate(let identity) = $0.action { identity } else { nil } }
        let runless = record.facts(5) { $0.origin == owner ? nil : run($0.origin) }
        let kept = expected.filter { $0.origin != owner.rawValue || explicit.contains($0) }
        try expectEqual(Set(runless.map { identity($0.id) }), kept, "facts whose run is known")
    }

    private func known(_ visible: [Operation<Action>]) -> [Identity] {
        visible.flatMap { operation in
            switch operation.action {
            case .state(let indices):
                indices.map { Identity(origin: operation.origin, sequence: operation.sequence, index: $0) }
            case .restate(let identity): [identity]
            }
        }
    }

    private func run(_ origin: Origin) -> Run {
        Run(origin: origin, high: origin.rawValue &* 31, low: 5)
    }

    private func identity(_ id: FactID) -> Identity {
        Identity(origin: id.run.origin.rawValue, sequence: id.sequence, index: id.index)
    }

    private func value(_ identity: Identity) -> Value {
        .tuple([.integer(Int64(identity.sequence)), .identifier(Identifier(number: identity.index, digits: 9))])
    }

    private func isBefore(_ left: Identity, _ right: Identity) -> Bool {
        (left.origin, left.sequence, left.index) < (right.origin, right.sequence, right.index)
    }
}
