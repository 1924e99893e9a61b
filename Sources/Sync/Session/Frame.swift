public import CRDT
public import Replica

/// One message of a session.
public enum Frame: Hashable, Sendable {
    case hello(Hello)
    case offer(Offer)
    /// What is known of an origin's chain in a scope is wanted: its holder doubts its own past.
    case ask(Scope, Origin)
    case knowledge(Scope, Origin, ChainKnowledge)
    /// The past is settled: data may come. From the initiator also an answer to the other side's clock, as in `pong`; zeros
    /// from the responder, whose answer was in its first frame.
    case ready(echo: UInt64, received: UInt64, time: UInt64)
    /// Small deltas, which are joined together (`Protocol/push-encoding.md`).
    case push([UInt8])
    /// A larger delta begins: its header, and how many records follow in pieces.
    case begin(DeltaHeader, records: UInt64)
    /// A piece of the delta that has begun (`Protocol/delta-encoding.md`).
    case piece([UInt8])
    case end
    /// The first so many pushes and ends of this session are durable here.
    case acknowledge(UInt64)
    /// So many more bytes of data may come.
    case credit(UInt64)
    /// The wall clock as it is sent, in milliseconds since 1970.
    case ping(time: UInt64)
    /// The other side's time, and the clock here as that came and as this is sent.
    case pong(echo: UInt64, received: UInt64, time: UInt64)
    case goodbye(code: UInt16, detail: String)
    case checkpoints([SignedCheckpoint])
    /// The checkpoints of these origins are wanted: what they did came by others.
    case seek([Doubt])
    /// A scope in which nothing more is taken in this session, and why.
    case refuse(Scope, code: UInt16, detail: String)
    /// A question or an answer in a comparison of a scope at equal cuts.
    case repair(RepairTurn)
    /// These records are damaged here, and wanted.
    case lack(Scope, [RecordKey])
    /// They are held so.
    case mend(Mending)

    public var kind: FrameKind {
        switch self {
        case .hello: .hello
        case .offer: .offer
        case .ask: .ask
        case .knowledge: .knowledge
        case .ready: .ready
        case .push: .push
        case .begin: .begin
        case .piece: .piece
        case .end: .end
        case .acknowledge: .acknowledge
        case .credit: .credit
        case .ping: .ping
        case .pong: .pong
        case .goodbye: .goodbye
        case .checkpoints: .checkpoints
        case .seek: .seek
        case .refuse: .refuse
        case .repair: .repair
        case .lack: .lack
        case .mend: .mend
        }
    }

    /// With its length and kind.
    public var bytes: [UInt8] {
        var body = ByteWriter()
        encodeBody(into: &body)
        var writer = ByteWriter(reservingCapacity: body.count + 5)
        writer.write(varint: UInt64(body.count + 1))
        writer.write(byte: kind.rawValue)
        writer.bytes.append(contentsOf: body.bytes)
        return writer.bytes
    }
}

extension Frame {
    private func encodeBody(into writer: inout ByteWriter) {
        switch self {
        case .hello(let hello): hello.encode(into: &writer)
        case .offer(let offer): offer.encode(into: &writer)
        case .ask(let scope, let origin):
            writer.write(scope, origin)
        case .knowledge(let scope, let origin, let knowledge):
            writer.write(scope, origin)
            knowledge.encode(into: &writer)
        case .end: break
        case .push(let bytes), .piece(let bytes): writer.bytes = bytes
        case .begin(let header, let records):
            header.encode(into: &writer)
            writer.write(varint: records)
        case .acknowledge(let number), .credit(let number), .ping(let number): writer.write(varint: number)
        case .ready(let echo, let received, let time), .pong(let echo, let received, let time):
            for number in [echo, received, time] { writer.write(varint: number) }
        case .goodbye(let code, let detail): writer.write(code, detail)
        case .checkpoints(let list):
            writer.write(varint: UInt64(list.count))
            for checkpoint in list { checkpoint.encode(into: &writer) }
        case .seek(let doubts):
            writer.write(varint: UInt64(doubts.count))
            for doubt in doubts { writer.write(doubt.scope, doubt.origin) }
        case .refuse(let scope, let code, let detail):
            writer.write(varint: UInt64(scope.rawValue))
            writer.write(code, detail)
        case .repair(let turn): turn.encode(into: &writer)
        case .lack(let scope, let keys): writer.write(scope, keys)
        case .mend(let mending): mending.encode(into: &writer)
        }
    }

    /// - Parameter body: all that follows the kind.
    /// - Returns: nil for a kind of a newer minor version, which is skipped.
    public init?(kind raw: UInt8, body: [UInt8]) throws(SessionError) {
        guard let kind = FrameKind(rawValue: raw) else {
            guard raw >= FrameKind.firstOptional else { throw .unexpected(kind: raw) }
            return nil
        }
        let result = body.withUnsafeBytes { bytes in
            Result { () throws(CodecError) in
                var reader = ByteReader(bytes)
                let frame = try Self.decode(kind, body, &reader)
                if kind != .hello { try reader.expectEnd() }
                return frame
            }
        }
        guard case .success(let frame) = result else { throw .malformed(kind: raw) }
        self = frame
    }

    private static func decode(
        _ kind: FrameKind, _ body: [UInt8], _ reader: inout ByteReader
    ) throws(CodecError) -> Frame {
        switch kind {
        case .hello: return .hello(try Hello(decoding: &reader))
        case .offer: return .offer(try Offer(decoding: &reader))
        case .ask: return .ask(try reader.readScope(), try reader.readOrigin())
        case .knowledge:
            let (scope, origin) = (try reader.readScope(), try reader.readOrigin())
            return .knowledge(scope, origin, try ChainKnowledge(of: origin, decoding: &reader))
        case .ready:
            return .ready(
                echo: try reader.readVarint(), received: try reader.readVarint(), time: try reader.readVarint())
        case .end: return .end
        case .push, .piece:
            _ = try reader.readRaw(reader.remaining)
            return kind == .push ? .push(body) : .piece(body)
        case .begin: return .begin(try DeltaHeader(decoding: &reader), records: try reader.readVarint())
        case .acknowledge: return .acknowledge(try reader.readVarint())
        case .credit: return .credit(try reader.readVarint())
        case .ping: return .ping(time: try reader.readVarint())
        case .pong:
            return .pong(
                echo: try reader.readVarint(), received: try reader.readVarint(), time: try reader.readVarint())
        case .goodbye:
            let (code, detail) = try reader.readReason()
            return .goodbye(code: code, detail: detail)
        case .refuse:
            let scope = try reader.readScope()
            let (code, detail) = try reader.readReason()
            return .refuse(scope, code: code, detail: detail)
        case .checkpoints:
            var list: [SignedCheckpoint] = []
            for _ in 0..<(try reader.readCount(limit: FrameLimits.checkpoints)) {
                list.append(try SignedCheckpoint(decoding: &reader))
            }
            return .checkpoints(list)
        case .seek:
            var doubts: [Doubt] = []
            for _ in 0..<(try reader.readCount(limit: FrameLimits.checkpoints)) {
                doubts.append(Doubt(scope: try reader.readScope(), origin: try reader.readOrigin()))
            }
            return .seek(doubts)
        case .repair: return .repair(try RepairTurn(decoding: &reader))
        case .lack:
            let start = reader.offset
            let (scope, keys) = try reader.readKeys()
            guard !keys.isEmpty else { throw .outOfRange(offset: start) }
            return .lack(scope, keys)
        case .mend: return .mend(try Mending(decoding: &reader))
        }
    }
}

extension ByteWriter {
    fileprivate mutating func write(_ scope: Scope, _ origin: Origin) {
        write(varint: UInt64(scope.rawValue))
        write(fixed64: origin.rawValue)
    }

    fileprivate mutating func write(_ code: UInt16, _ detail: String) {
        write(varint: UInt64(code))
        var text = detail
        while text.utf8.count > FrameLimits.detailBytes { text.removeLast() }
        write(counted: text.utf8)
    }
}

extension ByteReader {
    fileprivate mutating func readOrigin() throws(CodecError) -> Origin {
        Origin(rawValue: try readFixed64())
    }

    fileprivate mutating func readReason() throws(CodecError) -> (code: UInt16, detail: String) {
        let start = offset
        guard let code = UInt16(exactly: try readVarint()) else { throw .outOfRange(offset: start) }
        return (code, try readText(limit: FrameLimits.detailBytes))
    }
}
