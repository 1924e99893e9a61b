internal import CRDT
internal import Replica
internal import Sync

/// A member that says to an honest end whatever an input says.
///
///     input    byte: bit 0: it opens the session as it should before it says anything else; bit 1: it dials
///     part     byte 0: a frame; byte 1: a push, whose checksum is made to fit; byte 2: seconds that pass; byte 3: the end works
final class FuzzPeer {
    private let victim: FuzzEnd
    private let member: UInt32
    private var now = Moment(monotonic: 0, wall: FuzzScene.now + 1_000_000)
    private let decoder: PushDecoder

    enum Part {
        static let frame: UInt8 = 0
        static let push: UInt8 = 1
        static let time: UInt8 = 2
        static let work: UInt8 = 3
    }

    enum Opening {
        static let opens: UInt8 = 1
        static let dials: UInt8 = 2
    }

    init(member: UInt32, against victim: FuzzEnd) throws {
        (self.victim, self.member) = (victim, member)
        decoder = try PushDecoder()
    }

    func run(_ input: ArraySlice<UInt8>) throws {
        guard let flags = input.first else { return }
        let dials = flags & Opening.dials != 0
        victim.begin(with: member, asInitiator: !dials, at: now)
        _ = try victim.work(at: now)
        if flags & Opening.opens != 0 { try open(dials: dials) }
        for part in InputParts.split(input.dropFirst()) {
            guard let kind = part.first else { continue }
            try apply(kind, Array(part.dropFirst()))
            _ = try victim.work(at: now)
        }
        try victim.check()
        victim.session?.lose()
    }

    static func hello(of member: UInt32, at now: Moment) -> Frame {
        .hello(
            Hello(
                chain: FuzzScene.chain, origin: Origin(member: member, incarnation: UInt64(member) + 1),
                interest: .everything, sum: Hash128(high: 1, low: 2), credit: 1 << 20, time: UInt64(now.wall), stratum: 1))
    }

    private func open(dials: Bool) throws {
        try say(Self.hello(of: member, at: now))
        try say(.offer(Offer([], isLast: true)))
        try say(.ready(echo: 0, received: 0, time: 0))
    }

    private func say(_ frame: Frame) throws {
        victim.receive(frame.bytes, at: now)
        _ = try victim.work(at: now)
    }

    private func apply(_ kind: UInt8, _ content: [UInt8]) throws {
        switch kind % 4 {
        case Part.frame: if !content.isEmpty { victim.receive(FuzzEnd.sealed(content), at: now) }
        case Part.push: victim.receive(Frame.push(sealed(content)).bytes, at: now)
        case Part.time:
            now.monotonic += Int64(content.first ?? 0) * 1000
            now.wall += Int64(content.first ?? 0) * 1000
            victim.session?.tick(at: now)
        default: try victim.edit(at: now)
        }
    }

    /// A push without its checksum becomes one with it: the first of its session, told relative to what the end holds.
    private func sealed(_ push: [UInt8]) -> [UInt8] {
        guard let format = push.first else { return [] }
        var sealed = [format, 0, 0, 0, 0] + push.dropFirst()
        var context = PushContext()
        do throws(PushError) {
            _ = try decoder.decode(sealed, known: { PushBasis(cut: self.victim.replica.cut(of: $0)) }, &context)
        } catch {
            guard case .checksum(_, let computed) = error else { return sealed }
            for index in 0..<4 { sealed[1 + index] = UInt8(truncatingIfNeeded: computed >> UInt32(24 - 8 * index)) }
        }
        return sealed
    }
}
