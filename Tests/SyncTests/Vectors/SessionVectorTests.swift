import CRDT
import Replica
import Sync
import Testing

@Suite struct SessionVectorTests {
    private static let file = VectorFile("session.json", of: [SessionVector].self)

    @Test func `the code makes the sessions that stand in the file`() throws {
        let vectors = try SessionVectors.all()
        try Self.file.expect(vectors)
        let kinds = Set(vectors.flatMap(\.steps).compactMap(\.kind))
        // Nothing is compressed, so that the bytes are the same with every version of zstd.
        let pieces = vectors.flatMap { $0.steps }.filter { $0.kind == 8 }.compactMap(\.bytes)
        #expect(!pieces.isEmpty && pieces.allSatisfy { $0.dropFirst($0.count > 256 ? 6 : 4).hasPrefix("10") })
        #expect(kinds.isSuperset(of: [1, 2, 5, 6, 7, 8, 9, 10, 12, 13, 14, 18]))
    }

    @Test(arguments: ["initiator", "responder"])
    func `a live session answers recorded bytes as the recorded side did`(role: String) throws {
        var script = try SessionScript()
        for (index, vector) in try Self.file.read().enumerated() {
            try script.prepare(index)
            let end = role == "initiator" ? script.store : script.headquarters
            let (before, after) =
                role == "initiator"
                ? (vector.initiatorBefore, vector.initiatorAfter) : (vector.responderBefore, vector.responderAfter)
            #expect(try SessionVector.Side(end) == before)
            script.begin(index)
            var said: [[UInt8]] = []
            for step in vector.steps {
                if let act = step.does { try script.perform(act) }
                guard let bytes = step.bytes.map({ [UInt8](hex: $0) }) else { continue }
                if step.from == role {
                    end.work(at: script.now)
                    said += try SessionVectors.frames(end.line)
                    end.line = []
                    try #require(!said.isEmpty, "\(vector.name)")
                    #expect(said.removeFirst().hex == bytes.hex, "\(vector.name)")
                } else {
                    bytes.withUnsafeBytes { end.session?.receive($0, at: script.now) }
                }
            }
            end.work(at: script.now)
            #expect(said.isEmpty && end.line.isEmpty, "\(vector.name)")
            #expect(try SessionVector.Side(end) == after, "\(vector.name)")
        }
    }
}
