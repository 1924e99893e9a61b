import CRDT
import Replica
import Simulation
import Sync
import Testing

@Suite struct DeltaFileDamageTests {
    private func small(seed: UInt64) throws -> [UInt8] {
        var random = RandomDelta(seed: seed)
        return try DeltaFileTests.file(try (0..<2).map { _ in try random.delta(records: 4) })
    }

    /// Whether a file is whole; whatever is not a `DeltaFileError` fails the test.
    private func isWhole(_ bytes: [UInt8]) throws -> Bool {
        do {
            _ = try DeltaFileReader.verify(source: DeltaFileTests.source(bytes), chain: TestChain.chain)
            return true
        } catch is DeltaFileError {
            return false
        }
    }

    @Test(arguments: 30..<40 as Range<UInt64>)
    func `every truncation is noticed`(seed: UInt64) throws {
        let bytes = try small(seed: seed)
        for count in bytes.indices {
            do {
                _ = try DeltaFileReader.verify(source: DeltaFileTests.source(Array(bytes[..<count])), chain: TestChain.chain)
                Issue.record("\(count) bytes of seed \(seed) were accepted")
            } catch let error as DeltaFileError {
                #expect(error == (count == 0 ? .notADeltaFile : .truncated(offset: count)), "seed \(seed)")
            }
        }
    }

    @Test(arguments: 40..<50 as Range<UInt64>)
    func `every flipped bit is noticed`(seed: UInt64) throws {
        let bytes = try small(seed: seed)
        for bit in 0..<bytes.count * 8 {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(try !isWhole(damaged), "bit \(bit) of seed \(seed)")
        }
    }

    @Test func `damage is located`() throws {
        var random = RandomDelta(seed: 60)
        let deltas = try (0..<2).map { _ in try random.delta(records: 4) }
        let (one, both) = (try DeltaFileTests.file([deltas[0]]), try DeltaFileTests.file(deltas))
        // Both files are the same up to the first one's trailer: kind, length, three counts, checksum.
        var damaged = both
        damaged[one.count - 12 - 5] ^= 1
        do {
            _ = try DeltaFileReader.verify(source: DeltaFileTests.source(damaged), chain: TestChain.chain)
            Issue.record("damage was accepted")
        } catch DeltaFileError.damaged(let section, let piece, let offset) {
            #expect(section == 0)
            #expect(piece == 1)
            #expect(offset == one.count - 12)
        }
    }

    @Test func `an absurd length is refused before anything is read for it`() throws {
        var bytes = try DeltaFileTests.file([])
        let start = DeltaFileTests.prologueBytes
        bytes.replaceSubrange(start..<start + 5, with: [2, 0xFF, 0xFF, 0xFF, 0xFF])
        let error = DeltaFileError.oversizedBlock(length: .max, limit: 1 << 24, offset: start)
        #expect(throws: error) {
            try DeltaFileReader.verify(source: DeltaFileTests.source(bytes), chain: TestChain.chain)
        }
        bytes[start] = 9
        #expect(throws: DeltaFileError.unknownBlock(9, offset: start)) {
            try DeltaFileReader.verify(source: DeltaFileTests.source(bytes), chain: TestChain.chain)
        }
    }

    @Test func `random bytes behind a sound prologue are refused`() throws {
        let prologue = try DeltaFileTests.file([]).prefix(DeltaFileTests.prologueBytes)
        var random = SeededRandom(seed: 70)
        for _ in 0..<20_000 {
            let noise = (0..<Int(random.next() % 50)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            #expect(try !isWhole(prologue + [UInt8(random.next() % 4), 0, 0, 0] + noise))
        }
    }
}

extension DeltaFileTests {
    /// Magic, version, chain, creation, sender, checksum.
    static let prologueBytes = 8 + 1 + 16 + 8 + 8 + 4
}
