internal import CRDT
public import Replica

/// Unpacks pushes: bytes that nobody vouches for become deltas here, exactly those that were encoded.
///
/// One decoder serves any number of sessions. Whatever the bytes claim, nothing traps, and what is allocated is bounded by
/// `PushLimits` and by what was known before. What comes out obeys the rules of a delta's form as far as records go; its header is for
/// `Replica.join` to judge.
public final class PushDecoder {
    private let hasher: ChainHasher

    public init() throws(PushError) {
        hasher = try ChainHasher.forPushes()
    }

    /// - Parameters:
    ///   - known: what was told before of a scope; nil where no pushes are expected.
    ///   - context: of this direction. After an error it is out of step with the sender's, and nothing more can be decoded.
    public func decode(
        _ push: [UInt8], known: (Scope) -> PushBasis?, _ context: inout PushContext
    ) throws(PushError) -> [Delta] {
        guard push.count <= PushLimits.bytes else { throw .tooLarge(count: push.count, limit: PushLimits.bytes) }
        guard let format = push.first else { throw .bits(.truncated(offset: 0)) }
        switch format {
        case PushSeal.anew: context = PushContext()
        case PushSeal.goingOn where context.checksum != nil: break
        default: throw .unknownFormat(format)
        }
        guard push.count >= 5 else { throw .bits(.truncated(offset: 0)) }
        let stored = push[1..<5].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let bits = Array(push[5...])
        var seal = PushSeal(after: context)
        let (deltas, next) = try bits.span.withUnsafeBytes { (bytes) throws(PushError) in
            var reader = PushReader(bytes, context)
            let deltas = try self.deltas(&reader, known)
            do throws(CodecError) { try reader.expectEnd() } catch { throw PushError.bits(error) }
            return (deltas, reader.context)
        }
        for delta in deltas { seal.add(delta.header) }
        let computed = seal.checksum(bits)
        guard computed == stored else { throw .checksum(stored: stored, computed: computed) }
        context = next
        context.end(checksum: computed)
        return deltas
    }

    private func deltas(_ reader: inout PushReader, _ known: (Scope) -> PushBasis?) throws(PushError) -> [Delta] {
        var walk = PushWalk()
        var deltas: [Delta] = []
        let count: Int
        do throws(CodecError) {
            count = try reader.readCount(.deltas, limit: PushLimits.deltas)
        } catch {
            throw .bits(error)
        }
        for _ in 0..<count {
            walk.beginDelta()
            var pushed = try header(&reader, &walk, known, after: deltas.last?.header.scope)
            let records = try reader.readRecords(of: pushed.header, &walk)
            try pushed.deriveHashes(from: records, hasher)
            deltas.append(Delta(header: pushed.header, records: records))
        }
        return deltas
    }

    private func header(
        _ reader: inout PushReader, _ walk: inout PushWalk, _ known: (Scope) -> PushBasis?, after last: Scope?
    ) throws(PushError) -> PushedHeader {
        let scope: Scope
        do throws(CodecError) { scope = try reader.readScope() } catch { throw .bits(error) }
        if let last, scope <= last { throw .scopesOutOfOrder(scope) }
        guard let basis = known(scope) else { throw .unknownScope(scope) }
        do throws(CodecError) {
            return try reader.readHeader(of: scope, basis, &walk)
        } catch {
            throw .bits(error)
        }
    }
}
