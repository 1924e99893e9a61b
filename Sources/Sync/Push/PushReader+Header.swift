internal import CRDT
internal import Replica

/// Reads what `PushWriter` wrote of headers.
extension PushReader {
    mutating func readScope() throws(CodecError) -> Scope {
        let start = offset
        let rank = try read(.scope)
        guard rank <= UInt64(context.scopes.count) else { throw .outOfRange(offset: start) }
        let isKnown = rank < UInt64(context.scopes.count)
        let raw = isKnown ? context.scopes[Int(rank)] : UInt32(truncatingIfNeeded: try read(raw: 27))
        context.use(scope: raw)
        return Scope(rawValue: raw)
    }

    mutating func readHeader(
        of scope: Scope, _ basis: PushBasis, _ walk: inout PushWalk
    ) throws(CodecError) -> PushedHeader {
        var changes: [PushChange] = []
        var points = basis.cut.points
        for _ in 0..<(try readCount(.changes, limit: DeltaHeader.originLimit)) {
            let start = offset
            let change = try readChange(basis.cut, &walk)
            if let last = changes.last, last.origin >= change.origin { throw .notCanonical(offset: start) }
            changes.append(change)
        }
        let changed = Set(changes.map(\.origin))
        points.removeAll { changed.contains($0.origin) }
        points += changes.map { ($0.origin, $0.point) }
        let cut = Cut(points)
        let base = basis.base(upTo: cut)
        let horizon = try readHorizon(basis, cut)
        let runs = try readRuns(basis, base, cut)
        let header = DeltaHeader(scope: scope, base: base, cut: cut, horizon: horizon, runs: runs)
        return PushedHeader(changes: changes, header: header)
    }

    mutating func readOrigin(of cut: Cut, _ field: PushField) throws(CodecError) -> Origin {
        let start = offset
        let place = try read(field)
        if place < UInt64(cut.points.count) { return cut.points[Int(place)].origin }
        guard place == UInt64(cut.points.count) else { throw .outOfRange(offset: start) }
        let origin = Origin(rawValue: try read(raw: 64))
        guard cut[origin] == nil else { throw .notCanonical(offset: start) }
        return origin
    }

    private mutating func readHash() throws(CodecError) -> Hash128 {
        Hash128(high: try read(raw: 64), low: try read(raw: 64))
    }

    private mutating func readChange(_ cut: Cut, _ walk: inout PushWalk) throws(CodecError) -> PushChange {
        let start = offset
        let origin = try readOrigin(of: cut, .changeOrigin)
        let known = cut[origin]
        guard known?.sequence ?? 0 < Limits.sequence else { throw .outOfRange(offset: start) }
        var change = PushChange(origin: origin, known: known, point: known ?? ChainPoint(sequence: 0, hash: .zero))
        switch try read(.changeKind) {
        case PushChange.Kind.derived:
            guard walk.derivedHashes < PushLimits.derivedHashes else { throw .outOfRange(offset: start) }
            let stamp = try readStamp(&walk)
            change.point.sequence += 1
            change.stamp = stamp
            walk.tell(transaction: change.dot, stamp)
        case PushChange.Kind.advanced:
            let step = try read(.advance)
            guard step < Limits.sequence else { throw .outOfRange(offset: start) }
            change.point.sequence += step + 1
            change.point.hash = try readHash()
        case PushChange.Kind.other:
            change.point.sequence = try read(.advance)
            guard change.point.sequence <= known?.sequence ?? 0, known != nil else { throw .notCanonical(offset: start) }
            if change.point.sequence > 0 { change.point.hash = try readHash() }
        case let kind: throw .unknownCode(kind, offset: start)
        }
        guard change.point.sequence <= Limits.sequence else { throw .outOfRange(offset: start) }
        return change
    }

    mutating func readStamp(_ walk: inout PushWalk) throws(CodecError) -> HLC {
        let start = offset
        switch (try read(.stamp), walk.stamp) {
        case (0, let stamp?): return stamp
        case (1, _): return .none
        case (0, nil), (2, .some): break
        case (let code, _): throw .unknownCode(code, offset: start)
        }
        let milliseconds = try read(.milliseconds).value(after: context.milliseconds)
        let counter = try read(.counter)
        guard milliseconds < 1 << 48, counter < 1 << 16 else { throw .outOfRange(offset: start) }
        context.milliseconds = milliseconds
        let stamp = HLC(rawValue: milliseconds << 16 | counter)
        guard stamp != .none, stamp != walk.stamp else { throw .notCanonical(offset: start) }
        walk.tell(stamp)
        return stamp
    }

    private mutating func readHorizon(_ basis: PushBasis, _ cut: Cut) throws(CodecError) -> VersionVector {
        let count = try readCount(.horizon, limit: DeltaHeader.originLimit)
        guard count > 0 else { return basis.horizon }
        var entries = Dictionary(uniqueKeysWithValues: basis.horizon.entries.map { ($0.origin, $0.sequence) })
        var last: Origin?
        for _ in 0..<count {
            let start = offset
            let origin = try readOrigin(of: cut, .horizonOrigin)
            if let last, last >= origin { throw .notCanonical(offset: start) }
            let sequence = try read(.horizonSequence)
            guard sequence != entries[origin] ?? 0 else { throw .notCanonical(offset: start) }
            entries[origin] = sequence
            last = origin
        }
        let ordered = entries.sorted { $0.key < $1.key }
        return VersionVector(ordered.map { VersionVector.Entry(origin: $0.key, sequence: $0.value) })
    }

    private mutating func readRuns(_ basis: PushBasis, _ base: Cut, _ cut: Cut) throws(CodecError) -> [RunSpan] {
        let code = try readCount(.runs, limit: DeltaHeader.originLimit + 1)
        let expected = basis.expectedRuns(from: base, upTo: cut)
        guard code > 0 else { return expected }
        var runs: [RunSpan] = []
        for _ in 1..<code {
            let start = offset
            let (origin, from) = (try readOrigin(of: cut, .runOrigin), try read(.runStart))
            if let last = runs.last, (last.origin, last.from) >= (origin, from) { throw .notCanonical(offset: start) }
            let hash = try readHash()
            runs.append(RunSpan(origin: origin, from: from, high: hash.high, low: hash.low))
        }
        guard runs != expected else { throw .notCanonical(offset: offset) }
        return runs
    }
}
