import CRDT
import Replica
import Retail
import Simulation
import Sync

/// A session, with every frame in the order in which it was sent.
struct SessionVector: Codable, Hashable {
    struct Step: Codable, Hashable {
        let from: String
        /// The wall clock of both sides.
        let time: Int
        /// What the side does by itself; no bytes are sent for it but those that follow.
        var does: String?
        var kind: Int?
        var bytes: String?
    }

    struct Side: Codable, Hashable {
        let member: Int
        let held: [Held]
    }

    /// A scope, and all of it: the header and the records of a delta for whoever holds nothing.
    struct Held: Codable, Hashable {
        let standing: HeldScope
        let header: String
        let records: JSON
    }

    let name: String
    let digestKey: String
    let initiatorBefore: Side
    let responderBefore: Side
    let steps: [Step]
    let initiatorAfter: Side
    let responderAfter: Side
}

extension SessionVector.Side {
    init(_ end: SessionEnd) throws {
        let replica = end.replica
        member = Int(end.member)
        held = try replica.heldScopes.map { scope in
            let delta = try replica.delta(scope, for: Cut()).required
            var header = ByteWriter()
            delta.header.encode(into: &header)
            return .init(
                standing: try HeldScope(scope, of: replica), header: header.bytes.hex,
                records: try JSON(delta.records))
        }
    }
}

/// What happens in a chain of two, and in which sessions they talk: the same whenever it is run.
struct SessionScript {
    let store: SessionEnd
    let headquarters: SessionEnd
    var now = Moment(monotonic: 0, wall: 1_740_000_000_000)

    static let names = ["the first one, and live", "nothing to say", "by summaries", "a record was lost"]

    init() throws {
        (store, headquarters) = (try SessionEnd(1), try SessionEnd(0))
    }

    /// What each does before a session.
    mutating func prepare(_ session: Int) throws {
        now.wall += 3_600_000
        now.monotonic += 3_600_000
        switch session {
        case 0:
            for number in 0..<3 { try store.sell("S001-\(1000 + number)", lines: 2, at: now) }
            try store.edit("C0000042", phone: "+491", at: now)
            try headquarters.edit("C0000042", phone: "+492", at: now)
            try headquarters.edit("C0000043", phone: "+493", at: now)
            // The store is below headquarters' horizon: it gets a whole state, which is no push.
            let tag = try Identifier("vip").required
            let customer = try Identifier("C0000043").required
            try headquarters.perform(at: now) { try $0.edit(customer: customer, [], adding: [tag], at: 0) }
            try headquarters.perform(at: now) { try $0.edit(customer: customer, [], removing: [tag], at: 0) }
            let held = headquarters.replica.vector(of: Scope(.customers))
            try headquarters.replica.advanceHorizon(of: Scope(.customers), acknowledged: [held], at: now.wall)
            while try headquarters.replica.collectMarks() {}
        case 2:
            try store.sell("S001-2000", at: now)
            try headquarters.edit("C0000043", phone: "+494", at: now)
        case 3:
            // As a fault would: nothing at headquarters remembers that there was such a record.
            try headquarters.lose(RetailSchema.stock(of: try Identifier("P00011").required, at: 1))
        default: break
        }
    }

    func begin(_ session: Int) {
        var bounds = SessionBounds()
        if session == 2 { bounds.toldPoints = 0 }
        store.begin(with: 0, asInitiator: true, at: now, bounds: bounds)
        headquarters.begin(with: 1, asInitiator: false, at: now, bounds: bounds)
    }

    /// What happens in a session once it is quiet, in turn.
    static func acts(in session: Int) -> [(from: String, does: String)] {
        let all = [
            ("initiator", "sells S001-1003"), ("responder", "changes a phone"), ("initiator", "waits for 25 s"),
            ("initiator", "ends the session"),
        ]
        return session == 0 ? all : Array(all.suffix(1))
    }

    mutating func perform(_ act: String) throws {
        switch act {
        case "sells S001-1003": try store.sell("S001-1003", at: now)
        case "changes a phone": try headquarters.edit("C0000042", phone: "+495", at: now)
        case "waits for 25 s":
            (now.wall, now.monotonic) = (now.wall + 25_000, now.monotonic + 25_000)
            store.session?.tick(at: now)
        default: store.session?.close(because: .finished)
        }
    }
}

enum SessionVectors {
    static func all() throws -> [SessionVector] {
        var script = try SessionScript()
        return try SessionScript.names.indices.map { try record($0, &script) }
    }

    private static func record(_ session: Int, _ script: inout SessionScript) throws -> SessionVector {
        try script.prepare(session)
        let (store, headquarters) = (script.store, script.headquarters)
        let before = (try SessionVector.Side(store), try SessionVector.Side(headquarters))
        var steps: [SessionVector.Step] = []
        script.begin(session)
        try carry(store, headquarters, script.now, &steps)
        for act in SessionScript.acts(in: session) {
            try script.perform(act.does)
            steps.append(.init(from: act.from, time: Int(script.now.wall), does: act.does))
            try carry(store, headquarters, script.now, &steps)
        }
        return SessionVector(
            name: SessionScript.names[session], digestKey: HashVectors.digestKey.hex, initiatorBefore: before.0,
            responderBefore: before.1, steps: steps, initiatorAfter: try .init(store), responderAfter: try .init(headquarters))
    }

    /// Carries whole frames to and fro until both are quiet.
    private static func carry(
        _ initiator: SessionEnd, _ responder: SessionEnd, _ now: Moment, _ steps: inout [SessionVector.Step]
    ) throws {
        var isQuiet = false
        while !isQuiet {
            isQuiet = true
            for (name, source, sink) in [("initiator", initiator, responder), ("responder", responder, initiator)] {
                source.work(at: now)
                for frame in try frames(source.line) {
                    isQuiet = false
                    let kind = try FrameVectors.decoded(frame).kind
                    steps.append(.init(from: name, time: Int(now.wall), kind: kind, bytes: frame.hex))
                    frame.withUnsafeBytes { sink.session?.receive($0, at: now) }
                }
                source.line = []
            }
        }
    }

    /// Cuts what a side says into frames.
    static func frames(_ bytes: [UInt8]) throws -> [[UInt8]] {
        var reader = FrameReader(limit: FrameLimits.bytes)
        bytes.withUnsafeBytes { reader.append($0) }
        var frames: [[UInt8]] = []
        while let (kind, body) = try reader.next() { frames.append(FrameVectors.frame(kind, body)) }
        return frames
    }
}
