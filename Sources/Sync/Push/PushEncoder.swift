internal import CRDT
public import Replica

/// Packs the few small deltas that a member's work makes, one after another, for a peer who holds all that came before.
///
/// What both ends know is not told again: cuts go as changes, a transaction's hash follows from its content, and whatever
/// else is predicted from the pushes before it (`Protocol/push-encoding.md`). One encoder serves any number of sessions; each
/// direction of each has a `PushContext`, which advances with every push that was encoded.
public final class PushEncoder {
    private let hasher: ChainHasher

    public init() throws(PushError) {
        hasher = try ChainHasher.forPushes()
    }

    /// - Parameters:
    ///   - deltas: ascending by scope, each as `Replica.delta` gives it for the cut of its scope's basis.
    ///   - known: what the receiver knows of a scope; an empty basis where it knows nothing.
    ///   - context: of this direction; unchanged if this throws.
    /// - Throws: `tooLarge` and `wholeState` for what must travel as ordinary deltas, `otherBase` for a delta that begins
    ///   elsewhere.
    public func encode(
        _ deltas: [Delta], known: (Scope) -> PushBasis, _ context: inout PushContext
    ) throws(PushError) -> [UInt8] {
        guard deltas.count <= PushLimits.deltas else { throw .tooLarge(count: deltas.count, limit: PushLimits.deltas) }
        var writer = PushWriter(context)
        var walk = PushWalk()
        var seal = PushSeal(after: context)
        let cells = try Self.cells(of: deltas, &walk)
        writer.write(UInt64(deltas.count), .deltas)
        var last: Scope?
        for (delta, cells) in zip(deltas, cells) {
            let header = delta.header
            if let last, header.scope <= last { throw .scopesOutOfOrder(header.scope) }
            guard header.reach == .namedSlots else { throw .wholeState(header.scope) }
            let basis = known(header.scope)
            guard basis.base(upTo: header.cut) == header.base else { throw .otherBase(header.scope) }
            let changes = changes(of: delta, cells, basis, walk)
            walk.beginDelta()
            writer.write(header, changes, basis, &walk)
            try writer.write(delta.records, cells, upTo: header.cut, &walk)
            seal.add(header)
            last = header.scope
        }
        let bits = writer.finish()
        let push = seal.bytes(bits)
        guard push.count <= PushLimits.bytes else { throw .tooLarge(count: push.count, limit: PushLimits.bytes) }
        context = writer.context
        context.end(checksum: seal.checksum(bits))
        return push
    }

    private static func cells(of deltas: [Delta], _ walk: inout PushWalk) throws(PushError) -> [[[Cell]]] {
        var all: [[[Cell]]] = []
        for delta in deltas {
            var cells: [[Cell]] = []
            for record in delta.records {
                guard record.key.scope == delta.header.scope else { throw .malformed(.keyOutsideScope(record.key)) }
                do throws(CodecError) { cells.append(try record.cells()) } catch { throw .bits(error) }
                try walk.count(cells: cells.last?.count ?? 0)
            }
            all.append(cells)
        }
        return all
    }

    /// The changes of a delta's cut, with the stamp of those whose hash the receiver can compute.
    private func changes(of delta: Delta, _ cells: [[Cell]], _ basis: PushBasis, _ walk: PushWalk) -> [PushChange] {
        var changes = PushChange.changes(from: basis.cut, to: delta.header.cut)
        var derived = walk.derivedHashes
        for index in changes.indices where derived < PushLimits.derivedHashes {
            let change = changes[index]
            guard change.point.sequence == (change.known?.sequence ?? 0) &+ 1 else { continue }
            // Where nothing is ranked cells bear no stamp: it is that of the transaction's part in a scope before, if any.
            let stamp = Self.stamp(of: change.dot, in: cells) ?? walk.stamp ?? .none
            let hash = change.derivedHash(stamp: stamp, runs: delta.header.runs, delta.records, hasher)
            guard hash == change.point.hash else { continue }
            changes[index].stamp = stamp
            derived += 1
        }
        return changes
    }

    private static func stamp(of dot: Dot, in cells: [[Cell]]) -> HLC? {
        for record in cells {
            for cell in record where cell.dot == dot && cell.stamp != .none { return cell.stamp }
        }
        return nil
    }
}

extension ChainHasher {
    static func forPushes() throws(PushError) -> ChainHasher {
        do throws(HashingError) { return try ChainHasher() } catch { throw .hashing(error) }
    }
}
