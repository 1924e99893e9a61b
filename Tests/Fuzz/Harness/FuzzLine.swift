internal import Sync

/// A line between two honest ends that does what an input says: delivers, splits, drops, repeats, swaps and changes frames,
/// lets the ends work and time pass, is torn and taken up again.
///
///     input    operations of three bytes: what, then two arguments
struct FuzzLine {
    let ends: [FuzzEnd]
    private var now = Moment(monotonic: 0, wall: FuzzScene.now + 1_000_000)
    /// By the end that sends: what was said and not delivered, and the frames that were.
    private var waiting: [[[UInt8]]] = [[], []]
    private var past: [[[UInt8]]] = [[], []]

    /// An input's other operations are not looked at: each costs time.
    private static let operationLimit = 48

    init(_ left: FuzzEnd, _ right: FuzzEnd) {
        ends = [left, right]
    }

    mutating func run(_ input: ArraySlice<UInt8>) throws {
        connect()
        var rest = input.prefix(3 * Self.operationLimit)
        while rest.count >= 3 {
            try collect()
            try apply(rest[rest.startIndex], Int(rest[rest.startIndex + 1]), Int(rest[rest.startIndex + 2]))
            rest = rest.dropFirst(3)
        }
        for end in ends { try end.check() }
    }

    /// Begins anew on a line that does nothing but deliver, and lets both say all they have to say.
    mutating func heal() throws {
        now.monotonic += 1000
        now.wall += 1000
        connect()
        try settle()
    }

    mutating func connect() {
        for (index, end) in ends.enumerated() {
            end.session?.lose()
            end.begin(with: ends[1 - index].member, asInitiator: index == 0, at: now)
        }
        (waiting, past) = ([[], []], [[], []])
    }

    private mutating func collect() throws {
        for index in 0..<2 { waiting[index] += try ends[index].work(at: now) }
    }

    mutating func settle() throws {
        for _ in 0..<2000 {
            try collect()
            guard waiting.contains(where: { !$0.isEmpty }) else { return }
            for index in 0..<2 { deliver(waiting[index].count, from: index) }
        }
        throw Violation(property: "a session comes to rest", evidence: "\(ends.map { $0.session?.phase as Any })")
    }

    private mutating func deliver(_ count: Int, from index: Int) {
        for frame in waiting[index].prefix(count) {
            ends[1 - index].receive(frame, at: now)
            past[index].append(frame)
        }
        waiting[index].removeFirst(min(count, waiting[index].count))
    }

    private mutating func apply(_ what: UInt8, _ first: Int, _ second: Int) throws {
        let index = first & 1
        switch what % 12 {
        case 0: deliver(1 + first >> 1, from: index)
        case 1: try settle()
        case 2:
            guard let frame = waiting[index].first else { return }
            let part = frame.prefix(second)
            ends[1 - index].receive(part, at: now)
            waiting[index][0] = Array(frame.dropFirst(part.count))
        case 3: if !waiting[index].isEmpty { waiting[index].removeFirst() }
        case 4:
            guard !past[index].isEmpty else { return }
            ends[1 - index].receive(past[index][second % past[index].count], at: now)
        case 5: if waiting[index].count > 1 { waiting[index].swapAt(0, 1) }
        case 6, 7:
            guard let frame = waiting[index].first, !frame.isEmpty else { return }
            let place = ((first & 0xFE) << 3 | second >> 4) % frame.count
            waiting[index][0][place] ^= what % 12 == 6 ? 1 << UInt8(second & 7) : UInt8(second & 15) << 4 | 1
        case 8: try ends[index].sell(at: now)
        case 9: try ends[index].edit(at: now)
        case 10:
            now.monotonic += Int64(second) * 1000
            now.wall += Int64(second) * 1000
            for end in ends { end.session?.tick(at: now) }
            if second & 1 == 1 { try ends[index].vouch(at: now) }
        default: connect()
        }
    }
}
