import Sync
import Testing

/// One flipped bit, one lost or repeated frame, a line that is torn at any byte: the state stays right, and the next session
/// brings everything.
@Suite struct TamperingTests {
    private let session: TamperedSession

    init() throws { session = try TamperedSession() }

    /// Tries all of them, and tells of the first few that break something.
    private func tryAll(_ tamperings: [Tampering]) throws {
        var broken = 0
        for tampering in tamperings where broken < 5 {
            do {
                try session.run(tampering)
            } catch {
                broken += 1
                Issue.record("\(tampering): \(error)")
            }
        }
        #expect(!tamperings.isEmpty)
    }

    private func sizes() throws -> (toRight: [Int], toLeft: [Int]) {
        let (_, toRight, toLeft) = try session.run(nil)
        return (toRight.map(\.count), toLeft.map(\.count))
    }

    @Test func `the session that is tampered with has every kind of frame but those of a doubt`() throws {
        let (ends, toRight, toLeft) = try session.run(nil)
        #expect(ends == [.finished, .ended(code: 0, detail: "the session is over")])
        let kinds = try Set(
            (toRight + toLeft).compactMap { bytes -> FrameKind? in
                var reader = FrameReader(limit: FrameLimits.bytes)
                bytes.withUnsafeBytes { reader.append($0) }
                return try reader.next().flatMap { FrameKind(rawValue: $0.kind) }
            })
        #expect(Set(FrameKind.allCases).subtracting(kinds) == [.ask, .knowledge, .refuse])
        #expect(toRight.count(where: { $0.contains(FrameKind.piece.rawValue) }) > 2)
    }

    @Test(arguments: [true, false], [0x01, 0x80, 0x2C] as [UInt8])
    func `a flipped byte changes nothing for good`(toRight: Bool, mask: UInt8) throws {
        let sizes = try sizes()
        let count = (toRight ? sizes.toRight : sizes.toLeft).reduce(0, +)
        try tryAll((0..<count).map { .flip(toRight: toRight, byte: $0, mask: mask) })
    }

    @Test(arguments: [true, false])
    func `a line that is torn before any byte loses nothing`(toRight: Bool) throws {
        let sizes = try sizes()
        let count = (toRight ? sizes.toRight : sizes.toLeft).reduce(0, +)
        try tryAll((0..<count).map { .cut(toRight: toRight, byte: $0) })
    }

    @Test(arguments: [true, false])
    func `a frame that never comes is missed`(toRight: Bool) throws {
        let sizes = try sizes()
        try tryAll((toRight ? sizes.toRight : sizes.toLeft).indices.map { .drop(toRight: toRight, frame: $0) })
    }

    @Test(arguments: [true, false])
    func `a frame that comes again, at any later time, changes nothing`(toRight: Bool) throws {
        let sizes = try sizes()
        let frames = (toRight ? sizes.toRight : sizes.toLeft).indices
        try tryAll(
            frames.flatMap { before in
                (0..<before).map { .replay(toRight: toRight, earlier: $0, before: before) }
            })
    }
}
