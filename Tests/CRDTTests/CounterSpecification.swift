import CRDT

/// Counters: the sum of the visible amounts. A closed origin's share counts as high as it was stated or counted.
struct CounterSpecification: Specification {
    enum Action {
        case add(field: UInt32, amounts: [Int64])
        case close(field: UInt32, origin: UInt64, increments: UInt64, decrements: UInt64)
    }

    func perform(
        on record: inout Record, at version: Version, seeing visible: [Operation<Action>], origins: [Origin],
        random: inout SeededRandom
    ) throws -> Action? {
        let field = UInt32(1 + random.below(2))
        if random.chance(10) {
            let (increments, decrements) = (random.next() & 15, random.next() & 15)
            let closed = random.pick(origins)
            try record.setShare(Count(increments: increments, decrements: decrements), of: closed, in: field, at: version)
            return .close(field: field, origin: closed.rawValue, increments: increments, decrements: decrements)
        }
        let amounts = (0...random.below(2)).map { _ in Int64(random.below(21)) - 10 }
        for amount in amounts { try record.count(amount, in: field, at: version) }
        return .add(field: field, amounts: amounts)
    }

    func check(_ record: Record, of owner: Origin, seeing visible: [Operation<Action>]) throws {
        for field: UInt32 in 1...2 {
            let shares = shares(of: field, seeing: visible)
            let counter = record.counter(field)
            try expectEqual(
                counter.shares.map { [$0.origin.rawValue, $0.count.increments, $0.count.decrements] },
                shares.sorted { $0.key < $1.key }.map { [$0.key, $0.value.increments, $0.value.decrements] },
                "shares of field \(field)")
            let value = shares.values.reduce(0) { $0 + Int($1.increments) - Int($1.decrements) }
            try expectEqual(Int(counter.value), value, "field \(field)")
        }
    }

    private func shares(
        of wanted: UInt32, seeing visible: [Operation<Action>]
    ) -> [UInt64: (increments: UInt64, decrements: UInt64)] {
        var shares: [UInt64: (increments: UInt64, decrements: UInt64)] = [:]
        for operation in visible {
            guard case .add(wanted, let amounts) = operation.action else { continue }
            for amount in amounts {
                let share = shares[operation.origin, default: (0, 0)]
                shares[operation.origin] = (
                    share.increments + UInt64(max(0, amount)), share.decrements + UInt64(max(0, -amount))
                )
            }
        }
        for operation in visible {
            guard case .close(wanted, let closed, let increments, let decrements) = operation.action else { continue }
            let isSeen = visible.contains { other in
                guard case .close(wanted, closed, _, _) = other.action else { return false }
                return other.seen & operation.bit != 0
            }
            if isSeen { continue }
            let share = shares[closed, default: (0, 0)]
            shares[closed] = (max(share.increments, increments), max(share.decrements, decrements))
        }
        return shares
    }
}
