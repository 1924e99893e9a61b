import Sync

/// A line between two ends that delivers frame by frame, always in the same order, and tampers with one of them.
struct TamperedLine {
    let left: SessionEnd
    let right: SessionEnd
    let tampering: Tampering?
    var now = Moment(monotonic: 0, wall: 1_740_000_100_000)
    private(set) var isTorn = false
    /// The frames that were sent in each direction, as they were sent.
    private(set) var sentToRight: [[UInt8]] = []
    private(set) var sentToLeft: [[UInt8]] = []
    private var readers = [FrameReader(limit: FrameLimits.bytes), FrameReader(limit: FrameLimits.bytes)]

    init(_ left: SessionEnd, _ right: SessionEnd, _ tampering: Tampering?) {
        (self.left, self.right, self.tampering) = (left, right, tampering)
    }

    mutating func connect(bounds: SessionBounds = SessionBounds()) {
        left.begin(with: right.member, asInitiator: true, at: now, bounds: bounds)
        right.begin(with: left.member, asInitiator: false, at: now, bounds: bounds)
    }

    /// Carries frames until there are none.
    ///
    /// - Returns: false if there was no end to them.
    mutating func run() throws -> Bool {
        for _ in 0..<2000 {
            left.work(at: now)
            right.work(at: now)
            guard try deliver(toRight: true) || deliver(toRight: false) else { return true }
        }
        return false
    }

    private mutating func deliver(toRight: Bool) throws -> Bool {
        let (source, sink) = toRight ? (left, right) : (right, left)
        guard !source.line.isEmpty else { return false }
        let place = toRight ? 0 : 1
        source.line.withUnsafeBytes { readers[place].append($0) }
        source.line = []
        while let (kind, body) = try readers[place].next() {
            let frame = Self.bytes(kind, body)
            let start = (toRight ? sentToRight : sentToLeft).reduce(0) { $0 + $1.count }
            let index = (toRight ? sentToRight : sentToLeft).count
            if toRight { sentToRight.append(frame) } else { sentToLeft.append(frame) }
            for bytes in tampered(frame, index, start, toRight) where !isTorn {
                bytes.withUnsafeBytes { sink.session?.receive($0, at: now) }
            }
        }
        return true
    }

    private mutating func tampered(_ frame: [UInt8], _ index: Int, _ start: Int, _ toRight: Bool) -> [[UInt8]] {
        guard let tampering, tampering.isToRight == toRight else { return [frame] }
        switch tampering {
        case .flip(_, let byte, let mask):
            guard (start..<start + frame.count).contains(byte) else { return [frame] }
            var flipped = frame
            flipped[byte - start] ^= mask
            return [flipped]
        case .cut(_, let byte):
            guard !isTorn, byte < start + frame.count else { return [frame] }
            let sink = toRight ? right : left
            Array(frame.prefix(byte - start)).withUnsafeBytes { sink.session?.receive($0, at: now) }
            isTorn = true
            return []
        case .drop(_, let dropped): return index == dropped ? [] : [frame]
        case .replay(_, let earlier, let before):
            guard index == before else { return [frame] }
            return [(toRight ? sentToRight : sentToLeft)[earlier], frame]
        }
    }

    private static func bytes(_ kind: UInt8, _ body: [UInt8]) -> [UInt8] {
        let count = body.count + 1
        // Lengths of the session's frames take one byte, or two or three.
        let length: [UInt8] =
            count < 0x80
            ? [UInt8(count)]
            : count < 0x4000
                ? [0x80 | UInt8(count >> 8), UInt8(count & 0xFF)]
                : [0xC0 | UInt8(count >> 16), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)]
        return length + [kind] + body
    }

    /// Lets time pass until both have ended or have nothing to wait for but the next ping.
    mutating func wait() throws -> Bool {
        for _ in 0..<60 {
            now.monotonic += 5_000
            now.wall += 5_000
            left.session?.tick(at: now)
            right.session?.tick(at: now)
            guard try run() else { return false }
        }
        return true
    }

    mutating func tear() {
        for end in [left, right] {
            end.session?.lose()
            end.work(at: now)
            end.line = []
        }
    }
}
