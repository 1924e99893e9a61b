internal import CRDT
internal import Replica

/// Writes what a delta is about as differences from what was told before.
extension PushWriter {
    mutating func write(_ header: DeltaHeader, _ changes: [PushChange], _ basis: PushBasis, _ walk: inout PushWalk) {
        write(header.scope)
        write(UInt64(changes.count), .changes)
        for change in changes {
            write(change.origin, of: basis.cut, .changeOrigin)
            write(change.kind, .changeKind)
            switch change.kind {
            case PushChange.Kind.derived:
                let stamp = change.stamp ?? .none
                write(stamp, &walk)
                walk.tell(transaction: change.dot, stamp)
            case PushChange.Kind.advanced:
                write(change.point.sequence - (change.known?.sequence ?? 0) - 1, .advance)
                write(hash: change.point.hash)
            default:
                write(change.point.sequence, .advance)
                if change.point.sequence > 0 { write(hash: change.point.hash) }
            }
        }
        writeHorizon(header, basis)
        writeRuns(header, basis)
    }

    private mutating func write(_ scope: Scope) {
        let rank = context.scopes.firstIndex(of: scope.rawValue) ?? context.scopes.count
        write(UInt64(rank), .scope)
        if rank == context.scopes.count { write(raw: UInt64(scope.rawValue), count: 27) }
        context.use(scope: scope.rawValue)
    }

    /// Its place in a cut; one that is not there is told.
    mutating func write(_ origin: Origin, of cut: Cut, _ field: PushField) {
        let place = cut.points.firstIndex { $0.origin == origin } ?? cut.points.count
        write(UInt64(place), field)
        if place == cut.points.count { write(raw: origin.rawValue, count: 64) }
    }

    private mutating func write(hash: Hash128) {
        write(raw: hash.high, count: 64)
        write(raw: hash.low, count: 64)
    }

    mutating func write(_ stamp: HLC, _ walk: inout PushWalk) {
        let isFirst = walk.stamp == nil
        if stamp == .none { return write(1, .stamp) }
        defer { walk.tell(stamp) }
        if stamp == walk.stamp { return write(0, .stamp) }
        write(isFirst ? 0 : 2, .stamp)
        let milliseconds = stamp.rawValue >> 16
        write(milliseconds.residual(after: context.milliseconds), .milliseconds)
        write(UInt64(stamp.counter), .counter)
        context.milliseconds = milliseconds
    }

    private mutating func writeHorizon(_ header: DeltaHeader, _ basis: PushBasis) {
        let (known, horizon) = (basis.horizon, header.horizon)
        let gone = known.entries.filter { horizon.sequence(of: $0.origin) == 0 }.map {
            (origin: $0.origin, sequence: UInt64(0))
        }
        let changed = horizon.entries.filter { known.sequence(of: $0.origin) != $0.sequence }
            .map { (origin: $0.origin, sequence: $0.sequence) }
        write(UInt64(gone.count + changed.count), .horizon)
        for (origin, sequence) in (gone + changed).sorted(by: { $0.origin < $1.origin }) {
            write(origin, of: header.cut, .horizonOrigin)
            write(sequence, .horizonSequence)
        }
    }

    private mutating func writeRuns(_ header: DeltaHeader, _ basis: PushBasis) {
        guard header.runs != basis.expectedRuns(from: header.base, upTo: header.cut) else { return write(0, .runs) }
        write(UInt64(header.runs.count) + 1, .runs)
        for span in header.runs {
            write(span.origin, of: header.cut, .runOrigin)
            write(span.from, .runStart)
            write(hash: Hash128(high: span.high, low: span.low))
        }
    }
}
