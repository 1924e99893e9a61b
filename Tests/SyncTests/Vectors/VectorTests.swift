import CRDT
import Replica
import Sync
import Testing

/// `Protocol/vectors` and the code say the same. The code makes every file anew, and reads every file.
@Suite struct VectorTests {
    static let frames = VectorFile("frames.json", of: [FrameVector].self)
    static let malformed = VectorFile("malformed.json", of: [MalformedVector].self)
    static let deltas = VectorFile("deltas.json", of: [DeltaVector].self)
    static let compressed = VectorFile("compressed.json", of: DeltaVector.self)
    static let pushes = VectorFile("pushes.json", of: [PushVector].self)
    static let hashes = VectorFile("hashes.json", of: HashVectors.self)

    @Test func `the code makes the vectors that stand in the files`() throws {
        try Self.frames.expect(try FrameVectors.all())
        try Self.malformed.expect(try MalformedVectors.all())
        try Self.deltas.expect(try DeltaVectors.all())
        try Self.pushes.expect(try PushVectors.all())
        try Self.hashes.expect(try HashVectors.all())
    }

    @Test func `every frame reads as its meaning, and gives its bytes again`() throws {
        let vectors = try Self.frames.read()
        #expect(Set(vectors.map(\.kind)) == Set(FrameKind.allCases.map { Int($0.rawValue) }))
        for vector in vectors {
            let (kind, frame) = try FrameVectors.decoded([UInt8](hex: vector.bytes))
            #expect(kind == vector.kind && JSON(frame) == vector.meaning, "\(vector.name)")
            #expect(frame.bytes.hex == vector.bytes, "\(vector.name)")
        }
    }

    @Test func `what is malformed ends a live session with the error that stands there`() throws {
        for vector in try Self.malformed.read() {
            let end = try SessionEnd(0)
            let now = Moment(monotonic: 0, wall: 1_740_000_000_010)
            var bounds = SessionBounds()
            bounds.creditBytes = vector.credit
            end.begin(with: 1, asInitiator: false, at: now, bounds: bounds)
            for bytes in vector.sends {
                [UInt8](hex: bytes).withUnsafeBytes { end.session?.receive($0, at: now) }
                end.work(at: now)
            }
            #expect(end.session?.end?.name == vector.ends, "\(vector.name)")
            let refused = (end.session?.suspended ?? [:]).map { (String($0.key.rawValue), $0.value.name) }
            #expect(Dictionary(uniqueKeysWithValues: refused) == vector.refuses ?? [:], "\(vector.name)")
            let last = try FrameVectors.decoded(try SessionVectors.frames(end.line).last.required).frame
            guard let error = end.session?.end else { continue }
            #expect(last == .goodbye(code: error.code, detail: error.description), "\(vector.name)")
        }
    }

    @Test func `every delta reads as what stands there`() throws {
        for vector in try Self.deltas.read() {
            let header = try Self.header(vector.header)
            let records = try header.records(of: vector.pieces.map { [UInt8](hex: $0) })
            #expect(try JSON(Delta(header: header, records: records)) == vector.meaning, "\(vector.name)")
        }
    }

    @Test func `pushes read in their order tell what stands there`() throws {
        var stream = try PushStream()
        for vector in try Self.pushes.read() {
            let deltas = try stream.decode([UInt8](hex: vector.push))
            #expect(JSON.array(try deltas.map { try JSON($0) }) == vector.meaning, "\(vector.name)")
            #expect(Self.bases(stream.heard, of: deltas) == vector.basis, "\(vector.name)")
        }
    }

    @Test func `the hashes are those of the standards`() throws {
        let vectors = try Self.hashes.read()
        #expect(NaiveHashes.sha256(Array("abc".utf8)).prefix(4).elementsEqual([0xBA, 0x78, 0x16, 0xBF]))
        for link in vectors.links {
            let hash = NaiveHashes.sha256([UInt8](hex: link.before) + [UInt8](hex: link.link)).prefix(16)
            #expect(JSON(bytes: Array(hash)) == link.hash)
        }
        for summary in vectors.summaries {
            #expect(JSON(bytes: Array(NaiveHashes.sha256([UInt8](hex: summary.message)).prefix(16))) == summary.summary)
        }
        for digest in vectors.digests {
            let sum = digest.messages.reduce([UInt8](repeating: 0, count: 16)) { sum, message in
                Self.sum(sum, NaiveHashes.sipHash128([UInt8](hex: message), key: [UInt8](hex: digest.key)))
            }
            #expect(JSON(bytes: sum) == digest.digest)
        }
    }

    @Test func `a compressed piece reads as the same records, whatever its bytes`() throws {
        let made = try DeltaVectors.compressed()
        try Self.compressed.write(made)
        let vector = try Self.compressed.read()
        #expect(vector.pieces.map { $0.prefix(2) } == ["11"])
        let header = try Self.header(vector.header)
        let records = try header.records(of: vector.pieces.map { [UInt8](hex: $0) })
        #expect(try JSON(Delta(header: header, records: records)) == vector.meaning)
        #expect(made.meaning == vector.meaning && made.after == vector.after)
    }

    static func bases(_ known: [Scope: PushBasis], of deltas: [Delta]) -> JSON {
        .array(
            deltas.map { delta in
                let basis = known[delta.header.scope] ?? PushBasis()
                return [
                    "scope": JSON(delta.header.scope), "cut": JSON(basis.cut), "horizon": JSON(basis.horizon),
                    "runs": JSON(basis.runs),
                ]
            })
    }

    static func header(_ hex: String) throws -> DeltaHeader {
        try [UInt8](hex: hex).withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            let header = try DeltaHeader(decoding: &reader)
            try reader.expectEnd()
            return header
        }
    }

    private static func sum(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
        var (sum, carry) = (left, 0)
        for index in left.indices.reversed() {
            let digit = Int(left[index]) + Int(right[index]) + carry
            (sum[index], carry) = (UInt8(truncatingIfNeeded: digit), digit >> 8)
        }
        return sum
    }
}
