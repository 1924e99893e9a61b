import CRDT
import Replica
import Simulation
import Sync
import Testing

/// What does not travel as a push, and says so.
@Suite struct PushRefusalTests {
    private func refusal(of deltas: [Delta], _ stream: PushStream) -> PushError? {
        var context = stream.sending
        do throws(PushError) {
            _ = try stream.encoder.encode(deltas, known: { stream.told[$0] ?? PushBasis() }, &context)
            return nil
        } catch {
            #expect(context == stream.sending)
            return error
        }
    }

    private func sale() throws -> (PushStream, [Delta]) {
        var shop = try PushShop(seed: 2, members: 1)
        let stream = try PushStream()
        try shop.sell(at: 0)
        return (stream, try stream.news(of: shop.replicas[0]))
    }

    @Test func `a whole state is refused`() throws {
        var (stream, deltas) = try sale()
        stream.told = [:]
        deltas[0].header.reach = .wholeState
        #expect(refusal(of: deltas, stream) == .wholeState(deltas[0].header.scope))
    }

    @Test func `a delta that begins elsewhere is refused`() throws {
        let (stream, deltas) = try sale()
        var told = stream
        told.told[deltas[0].header.scope] = PushBasis(cut: deltas[0].header.cut)
        #expect(refusal(of: deltas, told) == .otherBase(deltas[0].header.scope))
    }

    @Test func `scopes out of order are refused`() throws {
        let (stream, deltas) = try sale()
        try #require(deltas.count > 1)
        #expect(refusal(of: deltas.reversed(), stream) == .scopesOutOfOrder(deltas[0].header.scope))
        #expect(refusal(of: [deltas[0], deltas[0]], stream) == .scopesOutOfOrder(deltas[0].header.scope))
    }

    @Test func `records out of order, outside the scope or beyond the cut are refused`() throws {
        let (stream, deltas) = try sale()
        var other = try #require(deltas.first { $0.records.count > 1 })
        let first = other.records[0].key
        other.records.reverse()
        #expect(refusal(of: [other], stream) == .malformed(.keysOutOfOrder(first)))
        other = deltas[0]
        other.records += deltas[1].records
        #expect(refusal(of: [other], stream) == .malformed(.keyOutsideScope(deltas[1].records[0].key)))
        other = deltas[0]
        other.header.cut = Cut()
        let cell = try #require(try deltas[0].records[0].cells().first)
        #expect(refusal(of: [other], stream) == .malformed(.dotBeyondCut(deltas[0].records[0].key, cell.dot)))
    }

    @Test func `what is large is refused`() throws {
        var random = RandomDelta(seed: 2)
        var stream = try PushStream()
        let (many, basis) = try random.pushed(records: 1500)
        stream.told[many.header.scope] = basis
        guard case .tooLarge(let cells, PushLimits.cells)? = refusal(of: [many], stream) else {
            Issue.record("many cells are not refused")
            return
        }
        #expect(cells > PushLimits.cells)

        let (delta, other) = try random.pushed(records: 1)
        stream.told[delta.header.scope] = other
        let (origin, point) = delta.header.cut.points[0]
        let text = Value.text(String(repeating: "x", count: Limits.valueBytes))
        let cell = Cell(
            slot: SlotKey(field: 1), dot: Dot(origin: origin, sequence: point.sequence), stamp: .none, content: .value(text))
        let large = Delta(
            header: delta.header, records: [try DeltaRecord(key: delta.records[0].key, cells: [cell])])
        guard case .tooLarge(let bytes, PushLimits.bytes)? = refusal(of: [large], stream) else {
            Issue.record("many bytes are not refused")
            return
        }
        #expect(bytes > PushLimits.bytes)
    }

    @Test func `a scope that nobody agreed on is refused by the receiver`() throws {
        var (stream, deltas) = try sale()
        let push = try stream.encode(deltas)
        #expect(throws: PushError.unknownScope(deltas[0].header.scope)) {
            try stream.decoder.decode(push, known: { _ in nil }, &stream.receiving)
        }
        #expect(throws: PushError.tooLarge(count: PushLimits.bytes + 1, limit: PushLimits.bytes)) {
            try stream.decoder.decode(
                [UInt8](repeating: 0x21, count: PushLimits.bytes + 1), known: { _ in nil }, &stream.receiving)
        }
    }
}
