import CRDT
import Replica

/// What the visible state of a scope must be, worked out from a log of everything that was ever written.
///
/// The log is the test's own, and the meaning of each kind of field is stated here over the visible operations: nothing of
/// the engine's join, rows, views or index is used. An operation is visible at a vector if its dot is under it, and is
/// replaced by the visible operations of its slot whose writers had seen it.
struct FoldOracle {
    private(set) var traces: [RecordKey: [Trace]] = [:]
    /// In the order in which they first occurred.
    private(set) var keys: [Scope: [RecordKey]] = [:]

    mutating func note(_ effects: [Effect], dot: Dot, stamp: HLC, run: Run, seen: VersionVector) {
        for (index, effect) in effects.enumerated() {
            if traces[effect.key] == nil { keys[effect.key.scope, default: []].append(effect.key) }
            let trace = Trace(dot: dot, stamp: stamp, run: run, seen: seen, index: index, effect: effect)
            traces[effect.key, default: []].append(trace)
        }
    }

    /// Strikes out what never became durable.
    mutating func forget(_ scope: Scope, _ dots: Set<Dot>) {
        for key in keys[scope] ?? [] { traces[key]?.removeAll { dots.contains($0.dot) } }
    }

    func visible(_ key: RecordKey, at vector: VersionVector) -> [Trace] {
        (traces[key] ?? []).filter { vector.covers($0.dot) }
    }

    /// The keys of a scope that were written to by transactions beyond a vector, up to another.
    func touched(_ scope: Scope, beyond old: VersionVector, upTo new: VersionVector) -> Set<RecordKey> {
        Set((keys[scope] ?? []).filter { visible($0, at: new).contains { !old.covers($0.dot) } })
    }

    /// The live cells that a record must have, ascending. An escrow's row is left empty: `EscrowFold` says what is in it.
    func cells(_ key: RecordKey, at vector: VersionVector) -> [Cell] {
        let traces = visible(key, at: vector)
        var slots: [SlotKey] = []
        for trace in traces where !slots.contains(trace.effect.slot) { slots.append(trace.effect.slot) }
        return slots.sorted().flatMap { slot in
            live(traces.filter { $0.effect.slot == slot }).sorted { $0.0.dot < $1.0.dot }.map { trace, value in
                let stamp = TestSchema.isRanked(key) ? trace.stamp : .none
                return Cell(slot: slot, dot: trace.dot, stamp: stamp, content: .value(value))
            }
        }
    }

    /// The operations of one slot that nothing replaced, with what they say.
    private func live(_ traces: [Trace]) -> [(Trace, Value)] {
        traces.compactMap { trace in
            switch trace.effect.change {
            case .assign(let value):
                return traces.contains { $0.saw(trace) } ? nil : (trace, value)
            case .remove:
                return nil
            case .advance(let state):
                let isReplaced = traces.contains { other in
                    guard case .advance(let later) = other.effect.change, other.saw(trace) else { return false }
                    return TestSchema.above[state, default: []].contains(later)
                }
                return isReplaced ? nil : (trace, .integer(state))
            case .count:
                let own = traces.filter { $0.dot.origin == trace.dot.origin }
                return isLast(trace, of: own) ? (trace, .count(Self.count(own))) : nil
            case .fact(let value):
                return (trace, value)
            case .mint, .use, .release, .request, .grant:
                let own = traces.filter { $0.dot.origin == trace.dot.origin }
                return isLast(trace, of: own) ? (trace, .empty) : nil
            }
        }
    }

    private func isLast(_ trace: Trace, of traces: [Trace]) -> Bool {
        !traces.contains { ($0.dot.sequence, $0.index) > (trace.dot.sequence, trace.index) }
    }

    static func count(_ traces: [Trace]) -> Count {
        traces.reduce(into: Count()) { count, trace in
            guard case .count(let amount) = trace.effect.change else { return }
            if amount > 0 { count.increments += UInt64(amount) } else { count.decrements += UInt64(-amount) }
        }
    }
}
