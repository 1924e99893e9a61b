import CRDT
import Replica
import Simulation
import Sync
import Testing

@Suite struct DeltaFileTests {
    static let prologue = DeltaFilePrologue(
        chain: TestChain.chain, created: HLC(milliseconds: 1_739_000_000_000), sender: Origin(member: 3, incarnation: 9))

    static func file(_ deltas: [Delta], _ prologue: DeltaFilePrologue = prologue) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let writer = try DeltaFileWriter(prologue) { bytes += $0 }
        for delta in deltas {
            try writer.begin(delta.header)
            let middle = delta.records.count / 2
            try writer.append(Array(delta.records[..<middle]))
            try writer.append(Array(delta.records[middle...]))
        }
        try writer.finish()
        return bytes
    }

    static func source(_ bytes: [UInt8], chunk: Int = 1000) -> () throws -> [UInt8]? {
        var rest = bytes[...]
        return {
            guard !rest.isEmpty else { return nil }
            defer { rest = rest.dropFirst(chunk) }
            return Array(rest.prefix(chunk))
        }
    }

    static func deltas(_ reader: DeltaFileReader) throws -> [Delta] {
        var deltas: [Delta] = []
        while let item = try reader.next() {
            switch item {
            case .section(let header): deltas.append(Delta(header: header, records: []))
            case .records(let records): deltas[deltas.count - 1].records += records
            }
        }
        return deltas
    }

    @Test(arguments: [1, 7, 1000, 1_000_000])
    func `deltas come back from a file, in chunks of any size`(chunk: Int) throws {
        var random = RandomDelta(seed: 21)
        let deltas = try (0..<3).map { _ in try random.delta(records: 30) }
        let bytes = try Self.file(deltas)
        let summary = try DeltaFileReader.verify(source: Self.source(bytes, chunk: chunk), chain: TestChain.chain)
        #expect(summary.prologue == Self.prologue)
        #expect(summary.headers == deltas.map(\.header))
        #expect(summary.counts.records == 90)
        #expect(summary.bytes == bytes.count)
        let reader = try DeltaFileReader(
            source: Self.source(bytes, chunk: chunk), chain: TestChain.chain, verified: summary)
        #expect(try Self.deltas(reader) == deltas)
    }

    @Test func `a file without sections is whole`() throws {
        let summary = try DeltaFileReader.verify(source: Self.source(try Self.file([])), chain: TestChain.chain)
        #expect(summary.counts == DeltaFileCounts())
    }

    @Test func `a chain's file brings an empty replica to the same state`() throws {
        let chain = try TestChain(.tiny)
        for round in 0..<chain.roundCount { try chain.run(round: round) }
        let bytes = try Self.file(try chain.deltas())
        let summary = try DeltaFileReader.verify(source: Self.source(bytes), chain: TestChain.chain)
        let twin = try chain.empty(member: 78)
        let reader = try DeltaFileReader(source: Self.source(bytes), chain: TestChain.chain, verified: summary)
        for delta in try Self.deltas(reader) { try twin.join([delta], at: .max / 2) }
        for scope in chain.headquarters.heldScopes { #expect(twin.digest(of: scope) == chain.headquarters.digest(of: scope)) }
    }

    @Test func `what is no delta file, a newer one's, or another chain's is told apart`() throws {
        let bytes = try Self.file([])
        let open = { (bytes: [UInt8]) in
            _ = try DeltaFileReader.verify(source: Self.source(bytes), chain: TestChain.chain)
        }
        #expect(throws: DeltaFileError.notADeltaFile) { try open([]) }
        #expect(throws: DeltaFileError.notADeltaFile) { try open(Array("SQLite format 3".utf8)) }
        var newer = bytes
        newer[8] = 2
        #expect(throws: DeltaFileError.newerVersion(found: 2, supported: 1)) { try open(newer) }
        var foreign = Self.prologue
        foreign.chain = .zero
        let other = try Self.file([], foreign)
        #expect(throws: DeltaFileError.otherChain(found: .zero, expected: TestChain.chain)) { try open(other) }
        #expect(throws: DeltaFileError.trailing(offset: bytes.count)) { try open(bytes + [0]) }
    }

    @Test func `a file that changed after it was verified is refused at its end`() throws {
        var random = RandomDelta(seed: 22)
        let (first, second) = (try random.delta(records: 3), try random.delta(records: 3))
        let summary = try DeltaFileReader.verify(
            source: Self.source(try Self.file([first])), chain: TestChain.chain)
        let reader = try DeltaFileReader(
            source: Self.source(try Self.file([second])), chain: TestChain.chain, verified: summary)
        #expect(throws: DeltaFileError.changed) { try Self.deltas(reader) }
    }

    @Test func `records that do not follow those before are not written`() throws {
        var random = RandomDelta(seed: 23)
        let delta = try random.delta(records: 3)
        let writer = try DeltaFileWriter(Self.prologue) { _ in }
        try writer.begin(delta.header)
        try writer.append(delta.records)
        #expect(throws: PieceError.self) { try writer.append(delta.records) }
    }
}
