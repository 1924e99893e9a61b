import CRDT
import Replica
import Sync
import Testing

@Suite struct CutsFileTests {
    private static func file(_ scopes: [UInt32]) -> CutsFile {
        CutsFile(
            chain: TestChain.chain, cuts: Dictionary(uniqueKeysWithValues: scopes.map { (Scope(rawValue: $0), Cut()) }))
    }

    /// A file's bytes with one exchanged, under a checksum that fits.
    private static func forged(_ bytes: [UInt8], at offset: Int, _ byte: UInt8) -> [UInt8] {
        var body = Array(bytes.dropLast(4))
        body[offset] = byte
        var writer = ByteWriter()
        writer.write(raw: body)
        writer.write(fixed32: CRC32.of(body))
        return writer.bytes
    }

    @Test func `a file of cuts comes back as it was`() throws {
        let file = Self.file([0, 9, 1 << 27 - 1])
        #expect(try CutsFile(file.bytes, chain: TestChain.chain) == file)
    }

    @Test(arguments: [0, 2, 255] as [UInt8])
    func `a file of cuts of another version is refused`(version: UInt8) {
        let bytes = Self.forged(Self.file([9]).bytes, at: 8, version)
        #expect(throws: DeltaFileError.newerVersion(found: version, supported: 1)) {
            try CutsFile(bytes, chain: TestChain.chain)
        }
    }

    @Test func `a cut of a scope that no delta could name is refused`() {
        #expect(throws: DeltaFileError.block(.outOfRange(offset: 17), section: nil)) {
            try CutsFile(Self.file([1 << 27]).bytes, chain: TestChain.chain)
        }
    }
}
