internal import CRDT
public import Replica

/// What a replica holds, scope by scope, in a few bytes that can travel to whoever is to write a delta file for it.
///
///     magic "ATOLLCUT", byte: version 1, 16 bytes of chain id, varint: number of scopes, each ascending: varint: scope, cut;
///     4 bytes of CRC-32 over everything before
public struct CutsFile: Hashable, Sendable {
    public static let version: UInt8 = 1
    private static let magic = Array("ATOLLCUT".utf8)

    public let chain: Hash128
    public let cuts: [Scope: Cut]

    public init(chain: Hash128, cuts: [Scope: Cut]) {
        self.chain = chain
        self.cuts = cuts
    }

    public var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.write(raw: Self.magic)
        writer.write(byte: Self.version)
        writer.write(hash: chain)
        writer.write(varint: UInt64(cuts.count))
        for (scope, cut) in cuts.sorted(by: { $0.key < $1.key }) {
            writer.write(varint: UInt64(scope.rawValue))
            cut.encode(into: &writer)
        }
        writer.write(fixed32: Self.checksum(writer.bytes[...]))
        return writer.bytes
    }

    /// - Parameter chain: whose files are accepted.
    public init(_ bytes: [UInt8], chain: Hash128) throws(DeltaFileError) {
        guard bytes.starts(with: Self.magic), bytes.count > Self.magic.count else { throw .notADeltaFile }
        let version = bytes[Self.magic.count]
        guard version == Self.version else { throw .newerVersion(found: version, supported: Self.version) }
        guard bytes.count >= Self.magic.count + 1 + 16 + 1 + 4 else { throw .truncated(offset: bytes.count) }
        let body = bytes.dropLast(4)
        let sum = bytes.suffix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard sum == Self.checksum(body) else { throw .damaged(section: nil, piece: nil, offset: body.count) }
        let result = body.withUnsafeBytes { raw in
            Result { () throws(CodecError) in
                var reader = ByteReader(UnsafeRawBufferPointer(rebasing: raw[(Self.magic.count + 1)...]))
                return try Self.decode(&reader)
            }
        }
        do throws(CodecError) {
            (self.chain, cuts) = try result.get()
        } catch {
            throw .block(error, section: nil)
        }
        guard self.chain == chain else { throw .otherChain(found: self.chain, expected: chain) }
    }

    private static func decode(_ reader: inout ByteReader) throws(CodecError) -> (Hash128, [Scope: Cut]) {
        let chain = try reader.readHash()
        var cuts: [Scope: Cut] = [:]
        var last: Scope?
        for _ in 0..<(try reader.readCount(limit: reader.remaining)) {
            let start = reader.offset
            guard let raw = UInt32(exactly: try reader.readVarint()), raw >> 27 == 0 else {
                throw .outOfRange(offset: start)
            }
            let scope = Scope(rawValue: raw)
            if let last, scope <= last { throw .notCanonical(offset: start) }
            cuts[scope] = try Cut(decoding: &reader, limit: DeltaHeader.originLimit)
            last = scope
        }
        try reader.expectEnd()
        return (chain, cuts)
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var checksum = Checksum()
        checksum.add(Array(bytes))
        return checksum.value
    }
}
