internal import CRDT
internal import Replica

/// The laws of the join, for states that nobody vouches for: hostile ones may be refused, but alike on both sides.
enum StateChecks {
    static func check(_ states: [FuzzState]) throws {
        for state in states {
            state.record.checkInvariants()
            try Violation.unless(FuzzState(state.bytes) == state, "a state reads as it is written", "\(state)")
            if !state.record.isEmpty { try checkTransport(of: state.record.cells) }
        }
        guard states.count > 1 else { return }
        try checkPair(states[0], states[1])
        guard states.count > 2 else { return }
        let (one, two, three) = (states[0], states[1], states[2])
        // Contents that differ meet on one way and may die unseen on the other: only what both ways accept is the same.
        guard case .success(let left) = one.joined(with: two).flatMap({ $0.joined(with: three) }),
            case .success(let right) = two.joined(with: three).flatMap({ one.joined(with: $0) })
        else { return }
        try Violation.unless(left == right, "the join is associative", "\(states): \(left), \(right)")
    }

    private static func checkPair(_ one: FuzzState, _ two: FuzzState) throws {
        let joined = one.joined(with: two)
        try Violation.unless(joined == two.joined(with: one), "the join is commutative", "\(one), \(two)")
        try Violation.unless(one.joined(with: one) == .success(one), "the join is idempotent", "\(one)")
        try checkDelta(of: two, into: one, joined)
        guard case .success(let whole) = joined else { return }
        whole.record.checkInvariants()
        try Violation.unless(whole.joined(with: two) == joined, "the join absorbs", "\(one), \(two)")
        try ViewChecks.write(whole.record)
    }

    /// A delta of named slots kills nothing that the whole state would not, and is known once joined.
    private static func checkDelta(
        of sender: FuzzState, into receiver: FuzzState, _ whole: Result<FuzzState, JoinError>
    ) throws {
        let delta = sender.record.delta(beyond: receiver.vector)
        if !delta.isEmpty { try checkTransport(of: delta) }
        var record = receiver.record
        do throws(JoinError) {
            try record.join(delta, upTo: sender.vector, knowing: receiver.vector)
        } catch {
            if case .contentDiffers = error { return }
            throw Violation(property: "what a delta takes for held is known", evidence: "\(sender), \(receiver): \(error)")
        }
        record.checkInvariants()
        if case .success(let whole) = whole {
            let kept = Set(record.cells)
            try Violation.unless(
                whole.record.cells.allSatisfy(kept.contains), "a delta loses nothing", "\(sender), \(receiver): \(record)")
        }
        var again = record
        try again.join(delta, upTo: sender.vector, knowing: receiver.vector.joined(with: sender.vector))
        try Violation.unless(again == record, "a delta joined twice changes nothing", "\(sender), \(receiver)")
    }

    /// Cells of one record, each dot under one stamp, can be packed into a delta, and come back.
    static func checkTransport(of cells: [Cell]) throws {
        let key = RecordKey(scope: .chain, collection: 1, id: Identifier(number: 1, digits: 1))
        let back = try DeltaRecord(key: key, cells: cells).cells()
        try Violation.unless(back == cells, "packed cells come back", "\(cells) became \(back)")
    }
}
