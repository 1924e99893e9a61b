import CRDT
import Replica
import Sync
import Testing

/// What no replica extracts is refused where it is made.
@Suite struct PieceRefusalTests {
    private let cut = Cut([(Origin(member: 1, incarnation: 1), ChainPoint(sequence: 10, hash: .zero))])

    private func header(_ reach: DeltaReach = .namedSlots) -> DeltaHeader {
        DeltaHeader(scope: .chain, base: Cut(), cut: cut, horizon: VersionVector(), reach: reach, runs: [])
    }

    private func cell(_ field: UInt32, sequence: UInt64 = 1, _ content: Cell.Content = .value(.integer(1))) -> Cell {
        Cell(
            slot: SlotKey(field: field), dot: Dot(origin: Origin(member: 1, incarnation: 1), sequence: sequence),
            stamp: .none, content: content)
    }

    private func key(_ number: UInt64, _ scope: Scope = .chain) -> RecordKey {
        RecordKey(scope: scope, collection: 1, id: Identifier(number: number, digits: 4))
    }

    private func fault(_ records: [DeltaRecord], _ reach: DeltaReach = .namedSlots) -> DeltaFault? {
        do {
            _ = try PieceEncoder(header(reach)).encode(records)
        } catch PieceError.malformed(let fault) {
            return fault
        } catch {}
        return nil
    }

    @Test func `records that break the form of a delta are not encoded`() {
        let beyond = cell(1, sequence: 11)
        #expect(fault([DeltaRecord(key: key(1), cells: [beyond])]) == .dotBeyondCut(key(1), beyond.dot))
        #expect(fault([DeltaRecord(key: key(1), cells: [])]) == .emptyRecord(key(1)))
        #expect(fault([DeltaRecord(key: key(1), cells: [cell(2), cell(1)])]) == .cellsOutOfOrder(key(1)))
        #expect(fault([DeltaRecord(key: key(1), cells: [cell(1), cell(1)])]) == .cellsOutOfOrder(key(1)))
        let records = [2, 1].map { DeltaRecord(key: key($0), cells: [cell(1)]) }
        #expect(fault(records) == .keysOutOfOrder(key(1)))
        let foreign = key(1, Scope(.books, of: 1))
        #expect(fault([DeltaRecord(key: foreign, cells: [cell(1)])]) == .keyOutsideScope(foreign))
        #expect(fault([DeltaRecord(key: key(1), cells: [cell(1, .held)])], .wholeState) == .heldInSnapshot(key(1)))
        let nested = cell(1, .value(.tuple([.tuple([])])))
        #expect(fault([DeltaRecord(key: key(1), cells: [nested])]) == .valueOutsideLimits(key(1), nested.slot))
        let long = cell(1, .value(.bytes([UInt8](repeating: 0, count: Limits.valueBytes + 1))))
        #expect(fault([DeltaRecord(key: key(1), cells: [long])]) == .valueOutsideLimits(key(1), long.slot))
    }

    @Test func `long texts are spread over pieces`() throws {
        let text = String(repeating: "x", count: Limits.valueBytes)
        let records = (1...200).map { DeltaRecord(key: key($0), cells: [cell(1, .value(.text("\($0)" + text.dropLast(8))))]) }
        let delta = Delta(header: header(), records: records)
        let pieces = try delta.pieces()
        #expect(pieces.count >= 4)
        #expect(try delta.header.records(of: pieces) == records)
    }

    @Test func `a record larger than a piece is refused`() {
        let text = [UInt8](repeating: 1, count: Limits.valueBytes)
        let cells = (0..<100).map { cell($0, .value(.bytes(text))) }
        #expect(throws: PieceError.self) { try PieceEncoder(header()).encode([DeltaRecord(key: key(1), cells: cells)]) }
    }
}
