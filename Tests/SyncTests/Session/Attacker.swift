import CRDT
import Replica
import Sync

/// A member that has a certificate, and says whatever it likes.
struct Attacker {
    let member: UInt32
    let victim: SessionEnd
    var now = Moment(monotonic: 0, wall: 1_740_000_000_000)
    /// What the victim has said since it was last looked at.
    private(set) var heard: [Frame] = []
    private var reader = FrameReader(limit: FrameLimits.bytes)

    var end: SessionError? { victim.session?.end }
    var origin: Origin { Origin(member: member, incarnation: UInt64(member) + 77) }

    /// - Parameter dials: else it is the victim that does.
    init(_ member: UInt32, against victim: SessionEnd, dials: Bool = true, bounds: SessionBounds = SessionBounds()) {
        (self.member, self.victim) = (member, victim)
        victim.begin(with: member, asInitiator: !dials, at: now, bounds: bounds)
    }

    mutating func say(_ frames: Frame...) throws { for frame in frames { try say(bytes: frame.bytes) } }

    /// - Parameter works: whether the victim's disk keeps up.
    mutating func say(bytes: [UInt8], works: Bool = true) throws {
        bytes.withUnsafeBytes { victim.session?.receive($0, at: now) }
        if works { try listen() }
    }

    mutating func say(kind: UInt8, _ body: [UInt8]) throws {
        var writer = ByteWriter()
        writer.write(counted: [kind] + body)
        try say(bytes: writer.bytes)
    }

    mutating func listen() throws {
        victim.work(at: now)
        victim.line.withUnsafeBytes { reader.append($0) }
        victim.line = []
        while let (kind, body) = try reader.next() {
            if let frame = try Frame(kind: kind, body: body) { heard.append(frame) }
        }
    }

    var hello: Hello {
        Hello(
            chain: SessionEnd.chain, origin: origin, interest: .everything, sum: Hash128(high: 1, low: 2), credit: 1 << 20,
            time: UInt64(now.wall), stratum: 1)
    }

    /// Opens the session as a member would that holds so much.
    mutating func open(holding entries: [Offer.Entry] = []) throws {
        try say(.hello(hello), .offer(Offer(entries, isLast: true)), .ready(echo: 0, received: 0, time: 0))
    }

    mutating func pass(_ milliseconds: Int64) throws {
        now.monotonic += milliseconds
        now.wall += milliseconds
        victim.session?.tick(at: now)
        try listen()
    }

    /// The victim's last word, if it ended the session.
    var goodbye: UInt16? {
        guard case .goodbye(let code, _)? = heard.last else { return nil }
        return code
    }

    static func told(_ scope: Scope, _ points: (Origin, UInt64)...) -> Offer.Entry {
        let cut = Cut(points.map { (origin: $0.0, point: ChainPoint(sequence: $0.1, hash: Hash128(high: 9, low: $0.1))) })
        return Offer.Entry(scope: scope, form: .told(cut, digest: nil, staged: nil))
    }

    /// A header of which nothing is true, for transactions up to one of an origin.
    static func header(
        _ scope: Scope, _ origin: Origin, _ sequence: UInt64, base: Cut = Cut(), horizon: VersionVector = VersionVector(),
        reach: DeltaReach = .namedSlots
    ) -> DeltaHeader {
        let cut = Cut([(origin, ChainPoint(sequence: sequence, hash: Hash128(high: 9, low: sequence)))])
        return DeltaHeader(scope: scope, base: base, cut: cut, horizon: horizon, reach: reach, runs: [])
    }
}
