import CRDT
import Replica
import Retail
import Simulation
import Sync

/// Headquarters and two stores that sell, meet and part as a seed says: lines are torn at any byte, what one brought another
/// passes on, one disk is put back from a backup, another one is cloned, and both copies sell on.
///
/// Whoever's disk was put back or cloned meets headquarters before any neighbour, and what neighbours know of it is known there:
/// two histories of which each has gone to another member are a fork, which waits for a person's decision and not for a session.
///
/// The model is a count of orders by store; of what was lost with a disk before anybody heard of it, it knows no more.
struct SessionSchedule {
    private var random: SeededRandom
    private var ends: [SessionEnd]
    /// Orders that must be everywhere in the end, by store.
    private var orders: [UInt32: Int] = [1: 0, 2: 0]
    private var nextOrder = 1000
    private var nextRun: UInt64
    private var backup: DiskImage?
    private var now = Moment(monotonic: 0, wall: 1_740_000_000_000)
    private var edits = 0
    /// Store 2 goes on from a backup that has not met headquarters yet.
    private var isPutBack = false

    init(seed: UInt64) throws {
        random = SeededRandom(seed: seed)
        nextRun = seed << 16 | 100
        ends = try (0..<3).map { try SessionEnd($0, seed: seed &+ 1) }
    }

    mutating func run(steps: Int) throws {
        for _ in 0..<steps { try step() }
        try heal()
    }

    private mutating func step() throws {
        now.monotonic += 1000
        now.wall += 1000
        switch Int.random(in: 0..<12, using: &random) {
        case 0..<4: try sell(at: ends[Int.random(in: 1..<ends.count, using: &random)])
        case 4: try edit(at: ends[Int.random(in: 0..<ends.count, using: &random)])
        case 5..<9: try meet(limit: Int.random(in: 0...3000, using: &random))
        case 9: try meet(limit: .max)
        case 10 where backup == nil: backup = try ends[2].image
        case 10: try putBack()
        case 11 where ends.count == 3: ends.append(try start(from: try ends[1].image))
        default: try restart(Int.random(in: 0..<ends.count, using: &random))
        }
    }

    private mutating func start(from image: DiskImage) throws -> SessionEnd {
        nextRun += 1
        return try SessionEnd(startingFrom: image, run: nextRun)
    }

    private mutating func restart(_ index: Int) throws { ends[index] = try start(from: try ends[index].image) }

    /// The disk of store 2 is lost, and an old copy takes its place, untold.
    private mutating func putBack() throws {
        guard let image = backup else { return }
        for end in ends.dropFirst() where end.member != 2 { try meet(end, ends[0], limit: .max) }
        (backup, isPutBack) = (nil, true)
        ends[2] = try start(from: image)
        let (known, kept) = (try keys(of: 2, at: ends[0]), try keys(of: 2, at: ends[2]))
        orders[2] = known.union(kept).count
    }

    private func keys(of member: UInt32, at end: SessionEnd) throws -> Set<RecordKey> {
        Set(try end.replica.keys(of: Scope(.books, of: member), collection: RetailSchema.order.number))
    }

    private mutating func sell(at end: SessionEnd) throws {
        guard !end.replica.isClosed, !end.replica.isCopy else { return }
        nextOrder += 1
        try end.sell("S00\(end.member)-\(nextOrder)", lines: 1, at: now)
        orders[end.member, default: 0] += 1
    }

    private mutating func edit(at end: SessionEnd) throws {
        guard !end.replica.isClosed else { return }
        edits += 1
        try end.edit("C000004\(edits % 5)", phone: "\(edits)", at: now)
    }

    private mutating func meet(limit: Int) throws {
        let (first, second) = (Int.random(in: 0..<ends.count, using: &random), Int.random(in: 0..<ends.count, using: &random))
        let (one, other) = (ends[first], ends[second])
        guard one.member != other.member else { return }
        if one.member != 0, other.member != 0, isPutBack || ends.count > 3 { return }
        try meet(one, other, limit: limit)
        if limit == .max, [one.member, other.member].sorted() == [0, 2] { isPutBack = false }
    }

    private mutating func meet(_ left: SessionEnd, _ right: SessionEnd, limit: Int) throws {
        var link = SessionLink(left, right, seed: random.next())
        link.now = now
        link.connect()
        if limit == .max {
            link.run()
        } else {
            link.run(bytes: limit / 2)
            try sell(at: left.member == 0 ? right : left)
            link.run(bytes: limit / 2)
        }
        link.tear()
        for end in [left, right] where end.replica.needsRecount { try end.replica.recountClosed(at: now.wall) }
    }

    /// Everybody meets headquarters until nobody has anything to say.
    private mutating func heal() throws {
        for _ in 0..<5 {
            for end in ends.dropFirst() { try meet(end, ends[0], limit: .max) }
        }
        for end in ends {
            for (member, count) in orders where end.member == 0 || end.member == member {
                let sales = try end.sales(of: member)
                guard sales == (count, 2 * Int64(count)) else {
                    throw Lost(description: "\(count) orders of store \(member), and at \(end.member) \(sales)")
                }
            }
            for scope in end.replica.heldScopes where ends[0].replica.heldScopes.contains(scope) {
                guard end.replica.cut(of: scope) == ends[0].replica.cut(of: scope),
                    end.replica.digest(of: scope) == ends[0].replica.digest(of: scope),
                    try end.replica.recomputedDigest(of: scope) == end.replica.digest(of: scope)
                else { throw Lost(description: "\(scope) of \(end.member) is not that of headquarters") }
            }
        }
    }

    struct Lost: Error, CustomStringConvertible {
        let description: String
    }
}
