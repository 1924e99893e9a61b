import CRDT
import Replica
import Simulation
import Sync

/// A line between two ends, which cuts what it carries into pieces of any size, and can be torn.
struct SessionLink {
    let left: SessionEnd
    let right: SessionEnd
    var random: SeededRandom
    var now = Moment(monotonic: 0, wall: 1_740_000_000_000)
    /// Every byte that was delivered, by direction.
    private(set) var delivered: (toRight: Int, toLeft: Int) = (0, 0)
    /// Changes a byte on its way: given the direction and the byte's place in it.
    var corrupt: (_ toRight: Bool, _ place: Int, _ byte: UInt8) -> UInt8 = { _, _, byte in byte }

    init(_ left: SessionEnd, _ right: SessionEnd, seed: UInt64) {
        (self.left, self.right) = (left, right)
        random = SeededRandom(seed: seed)
    }

    /// Begins a session on both sides; the left one dials.
    mutating func connect(bounds: SessionBounds = SessionBounds()) {
        delivered = (0, 0)
        left.begin(with: right.member, asInitiator: true, at: now, bounds: bounds)
        right.begin(with: left.member, asInitiator: false, at: now, bounds: bounds)
    }

    /// Carries bytes until there are none, or until so many were carried.
    ///
    /// - Returns: whether it is quiet.
    @discardableResult
    mutating func run(bytes limit: Int = .max) -> Bool {
        var rest = limit
        while true {
            left.work(at: now)
            right.work(at: now)
            if left.line.isEmpty, right.line.isEmpty { return true }
            guard rest > 0 else { return false }
            let toRight = right.line.isEmpty || (!left.line.isEmpty && Bool.random(using: &random))
            let source = toRight ? left : right
            let count = min(
                rest, Int.random(in: 1...min(source.line.count, 1 << Int.random(in: 0...14, using: &random)), using: &random))
            rest -= count
            deliver(count, from: source, to: toRight ? right : left, toRight)
        }
    }

    private mutating func deliver(_ count: Int, from source: SessionEnd, to sink: SessionEnd, _ toRight: Bool) {
        var bytes = Array(source.line.prefix(count))
        source.line.removeFirst(count)
        let start = toRight ? delivered.toRight : delivered.toLeft
        for index in bytes.indices { bytes[index] = corrupt(toRight, start + index, bytes[index]) }
        if toRight { delivered.toRight += count } else { delivered.toLeft += count }
        bytes.withUnsafeBytes { sink.session?.receive($0, at: now) }
    }

    /// Tears the line: what was on it is lost.
    mutating func tear() {
        for end in [left, right] {
            end.session?.lose()
            end.work(at: now)
            end.line = []
            end.session = nil
        }
    }

    mutating func pass(_ milliseconds: Int64) {
        now.monotonic += milliseconds
        now.wall += milliseconds
    }

    /// The scopes that both want, and in which they differ.
    var differences: [Scope] {
        let interests = [left, right].map { $0.access.interest(of: $0.member, holding: $0.replica.heldScopes) }
        return Set(left.replica.heldScopes + right.replica.heldScopes).sorted().filter { scope in
            interests.allSatisfy { $0.contains(scope) }
                && (left.replica.cut(of: scope) != right.replica.cut(of: scope)
                    || left.replica.digest(of: scope) != right.replica.digest(of: scope))
        }
    }
}
