internal import CRDT
internal import CZlib
internal import Replica
internal import Sync

/// Tries delta files and files of cuts, with the checksums made to fit.
///
///     input    byte 0: a file as it is, but for its checksums
///              byte 1: the parts of `DeltaFuzz`, which become the blocks of a file, with a trailer that counts right;
///                      other kinds become blocks as they are
///              byte 2: a file of cuts without its checksum
enum DeltaFileFuzz {
    enum Mode {
        static let file: UInt8 = 0
        static let parts: UInt8 = 1
        static let cuts: UInt8 = 2
    }

    static func check(_ input: [UInt8]) throws {
        guard let mode = input.first else { return }
        let rest = Array(input.dropFirst())
        switch mode % 3 {
        case Mode.file: try check(file: FileAssembly.resealed(rest), of: chain(named: rest))
        case Mode.parts: try check(file: try FileAssembly.file(of: InputParts.split(rest)), of: FuzzScene.chain)
        default: try checkCuts(rest)
        }
    }

    /// The chain that a file says it belongs to, so that its other bytes are looked at, too.
    private static func chain(named file: [UInt8]) -> Hash128 {
        decoded(Array(file.dropFirst(9).prefix(16))) { reader throws(CodecError) in try reader.readHash() } ?? .zero
    }

    private static func checkCuts(_ body: [UInt8]) throws {
        let bytes = body + FileAssembly.checksum(of: body)
        let file: CutsFile
        do throws(DeltaFileError) {
            file = try CutsFile(bytes, chain: chain(named: body))
        } catch {
            return
        }
        try Violation.unless(file.bytes == bytes, "a file of cuts has one spelling", "\(bytes) became \(file.bytes)")
        for (scope, cut) in file.cuts {
            let header = DeltaHeader(scope: scope, base: cut, cut: cut, horizon: VersionVector(), runs: [])
            let back = try DeltaFuzz.header(encoded { header.encode(into: &$0) })
            try Violation.unless(back == header, "a delta can be asked for what a cut says", "\(scope): \(cut)")
        }
    }

    /// What a file says when it is read in chunks of some size.
    private static func items(
        _ bytes: [UInt8], of chain: Hash128, chunk: Int, verified: DeltaFileSummary? = nil
    ) throws -> Result<[DeltaFileReader.Item], DeltaFileError> {
        do {
            let reader = try DeltaFileReader(source: source(bytes, chunk: chunk), chain: chain, verified: verified)
            var items: [DeltaFileReader.Item] = []
            while let item = try reader.next() { items.append(item) }
            return .success(items)
        } catch let error as DeltaFileError {
            return .failure(error)
        }
    }

    static func source(_ bytes: [UInt8], chunk: Int) -> () throws -> [UInt8]? {
        var rest = bytes[...]
        return {
            guard !rest.isEmpty else { return nil }
            defer { rest = rest.dropFirst(chunk) }
            return Array(rest.prefix(chunk))
        }
    }

    private static func check(file bytes: [UInt8], of chain: Hash128) throws {
        let items = try items(bytes, of: chain, chunk: .max)
        let chopped = try Self.items(bytes, of: chain, chunk: 7)
        try Violation.unless(items == chopped, "chunks of any size say the same", "\(bytes): \(items), \(chopped)")
        guard case .success(let items) = items else { return }
        let summary = try DeltaFileReader.verify(source: source(bytes, chunk: .max), chain: chain)
        try Violation.unless(summary.bytes == bytes.count, "a whole file is read whole", "\(summary) of \(bytes)")
        let again = try Self.items(bytes, of: chain, chunk: .max, verified: summary)
        try Violation.unless(again == .success(items), "a second reading finds the file that was verified", "\(bytes)")
        guard let written = try FileAssembly.written(items, summary.prologue) else { return }
        let back = try Self.items(written, of: chain, chunk: .max)
        try Violation.unless(
            (try? back.get()).map(contents) == contents(items), "what was read can be written, and read", "\(items), \(back)")
    }

    /// Headers and records, however the records were cut into pieces.
    private static func contents(_ items: [DeltaFileReader.Item]) -> [Delta] {
        items.reduce(into: []) { deltas, item in
            switch item {
            case .section(let header): deltas.append(Delta(header: header, records: []))
            case .records(let records): deltas[deltas.count - 1].records += records
            }
        }
    }
}
