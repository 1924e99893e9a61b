internal import CRDT
internal import Sync

/// How a program of one version says to one of another what the real program would say: every program here is the real one, and
/// takes its own version for the only one.
struct Wording {
    let speaker: ProgramVersion
    let listener: ProgramVersion
    /// The listener takes every version for its own.
    let isTakenForOwn: Bool

    /// Kinds that nobody knows today; whoever does not know them skips them.
    private static let unknownKinds: ClosedRange<UInt8> = 128...255
    /// One frame of such a kind comes behind so many others, on average.
    private static let framesBetween = 4
    private static let mostBytes = 24

    /// - Parameter frames: what the real program says.
    func bytes(of frames: [(kind: UInt8, body: [UInt8])], _ random: inout SeededRandom) -> [UInt8] {
        var writer = ByteWriter()
        for (kind, body) in frames {
            Self.write(kind, kind == FrameKind.hello.rawValue ? hello(body, &random) : body, to: &writer)
            guard speaker == .laterMinor, kind != FrameKind.goodbye.rawValue, !Self.isQuiet(kind),
                Int.random(in: 0..<Self.framesBetween, using: &random) == 0
            else { continue }
            Self.write(UInt8.random(in: Self.unknownKinds, using: &random), Self.noise(&random), to: &writer)
        }
        return writer.bytes
    }

    /// What shows that somebody is there is all that passes when there is nothing to say.
    private static func isQuiet(_ kind: UInt8) -> Bool { [FrameKind.ping, .pong].contains { $0.rawValue == kind } }

    /// The version stands behind the four bytes that say what this is.
    private func hello(_ body: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var body = body
        (body[4], body[5]) = (major, speaker.minor)
        return speaker == .laterMinor ? body + Self.noise(&random) : body
    }

    /// Whoever listens knows its own version under the number of the real program's.
    private var major: UInt8 {
        if speaker.major == listener.major || isTakenForOwn { return Hello.major }
        return speaker.major == Hello.major ? listener.major : speaker.major
    }

    private static func noise(_ random: inout SeededRandom) -> [UInt8] {
        (0..<Int.random(in: 0...mostBytes, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    private static func write(_ kind: UInt8, _ body: [UInt8], to writer: inout ByteWriter) {
        writer.write(varint: UInt64(body.count + 1))
        writer.write(byte: kind)
        writer.bytes.append(contentsOf: body)
    }
}
