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

    private func refusal(of cells: [Cell]) -> ReplicaError? {
        do throws(ReplicaError) {
            _ = try DeltaRecord(key: key(1), cells: cells)
        } catch {
            return error
        }
        return nil
    }

    @Test func `cells that break the form of a delta do not become a record`() {
        #expect(refusal(of: []) == .malformed(.emptyRecord(key(1))))
        #expect(refusal(of: [cell(2), cell(1)]) == .malformed(.cellsOutOfOrder(key(1))))
        #expect(refusal(of: [cell(1), cell(1)]) == .malformed(.cellsOutOfOrder(key(1))))
        #expect(refusal(of: [cell(1, sequence: 2), cell(1)]) == .malformed(.cellsOutOfOrder(key(1))))
        let nested = cell(1, .value(.tuple([.tuple([])])))
        let long = cell(1, .value(.bytes([UInt8](repeating: 0, count: Limits.valueBytes + 1))))
        for cell in [nested, long, cell(Limits.field), cell(1, sequence: 0)] {
            #expect(refusal(of: [cell]) == .malformed(.valueOutsideLimits(key(1), cell.slot)))
        }
        #expect(refusal(of: [cell(1), cell(1, sequence: 2), cell(2)]) == nil)
    }

    /// Packed cells of a transaction share one stamp, and moments are written relative to it: a second stamp once came out
    /// as the first, and moved the moments under it.
    @Test func `cells of one transaction under two stamps do not become a record`() {
        var other = cell(2)
        other.stamp = HLC(milliseconds: 1_740_000_000_000)
        #expect(refusal(of: [cell(1), other]) == .malformed(.stampsDiffer(key(1), other.dot)))
        #expect(refusal(of: [cell(1), cell(1, sequence: 2), other]) == .malformed(.stampsDiffer(key(1), other.dot)))
    }

    @Test func `records that break the form of a delta are not encoded`() throws {
        let beyond = cell(1, sequence: 11)
        #expect(try fault([DeltaRecord(key: key(1), cells: [beyond])]) == .dotBeyondCut(key(1), beyond.dot))
        let records = try [2, 1].map { try DeltaRecord(key: key($0), cells: [cell(1)]) }
        #expect(fault(records) == .keysOutOfOrder(key(1)))
        let foreign = key(1, Scope(.books, of: 1))
        #expect(try fault([DeltaRecord(key: foreign, cells: [cell(1)])]) == .keyOutsideScope(foreign))
        #expect(try fault([DeltaRecord(key: key(1), cells: [cell(1, .held)])], .wholeState) == .heldInSnapshot(key(1)))
    }

    @Test func `long texts are spread over pieces`() throws {
        let text = String(repeating: "x", count: Limits.valueBytes)
        let records = try (1...200).map {
            try DeltaRecord(key: key($0), cells: [cell(1, .value(.text("\($0)" + text.dropLast(8))))])
        }
        let delta = Delta(header: header(), records: records)
        let pieces = try delta.pieces()
        #expect(pieces.count >= 4)
        #expect(try delta.header.records(of: pieces) == records)
    }

    @Test func `a record larger than a piece is refused`() throws {
        let text = [UInt8](repeating: 1, count: Limits.valueBytes)
        let cells = (0..<100).map { cell($0, .value(.bytes(text))) }
        let record = try DeltaRecord(key: key(1), cells: cells)
        do throws(PieceError) {
            _ = try PieceEncoder(header()).encode([record])
            Issue.record("it was encoded")
        } catch {
            guard case .recordTooLarge(record.key, values: 100, contentBytes: _) = error else { throw error }
        }
    }
}
