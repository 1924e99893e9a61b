import CRDT
import Replica
import Retail
import Simulation
import Sync
import Testing

/// One short session in which everything happens, of a store with headquarters: greetings, offers with differences, small news
/// both ways while it is open, a large delta in pieces on little credit, checkpoints (also one that is sought, because headquarters
/// brought what another store wrote), a damaged record that comes back, a comparison, a goodbye. Then another one, untouched.
struct TamperedSession {
    private let store: DiskImage
    private let headquarters: DiskImage
    private static let before = Moment(monotonic: 0, wall: 1_740_000_000_000)
    /// Orders of the store: before, in the large delta, while the session is open.
    private static let counts = (before: 2, large: 9, live: 2)
    private static var orders: Int { counts.before + counts.large + counts.live }

    init() throws {
        let (store, headquarters, other) = (try SessionEnd(1), try SessionEnd(0), try SessionEnd(2))
        try other.edit("C0000041", phone: "+49 0", at: Self.before)
        var otherLink = SessionLink(other, headquarters, seed: 1)
        otherLink.connect()
        otherLink.run()
        for number in 0..<Self.counts.before { try store.sell("S001-\(1000 + number)", lines: 1, at: Self.before) }
        var link = SessionLink(store, headquarters, seed: 1)
        link.connect()
        link.run()
        for number in 0..<Self.counts.large {
            try store.sell("S001-\(2000 + number)", lines: 1, customer: nil, at: Self.before)
        }
        try headquarters.edit("C0000042", phone: "+49 1", at: Self.before)
        (self.store, self.headquarters) = (try store.image, try headquarters.image)
    }

    /// - Returns: how the sides ended, and the frames of each direction.
    /// - Throws: `Broken`, if a property does not hold.
    @discardableResult
    func run(_ tampering: Tampering?) throws -> (ends: [SessionError?], toRight: [[UInt8]], toLeft: [[UInt8]]) {
        let (left, right) = (try SessionEnd(startingFrom: store, run: 11), try SessionEnd(startingFrom: headquarters, run: 12))
        let origins = [left.replica.identity.origin, right.replica.identity.origin]
        var line = TamperedLine(left, right, tampering)
        var bounds = SessionBounds()
        (bounds.creditBytes, bounds.joinedRecords) = (400, 4)
        for end in [left, right] {
            end.server.desk.pushedRecords = 8
            end.server.spools.cellTarget = 40
        }
        // It asks for this as soon as the session is open.
        try right.replica.quarantine(RetailSchema.stock(of: try Identifier("P00010").required, at: 1))
        line.connect(bounds: bounds)
        try Broken.unless(try line.run(), "a session comes to rest")
        for number in 0..<Self.counts.live {
            try left.sell("S001-\(3000 + number)", lines: 1, at: line.now)
            try right.edit("C0000043", phone: "+49 \(number)", at: line.now)
            try Broken.unless(try line.run(), "a session comes to rest")
        }
        left.session?.tell(
            try left.replica.ownCheckpoints(of: [Scope(.books, of: 1)], sign: SessionEnd.signature), at: line.now)
        try Broken.unless(try line.wait(), "a session comes to rest")
        left.session?.close(because: .finished)
        try Broken.unless(try line.run(), "a session comes to rest")
        let ends = [left.session?.end, right.session?.end]
        for end in [left, right] {
            try Broken.unless((end.session?.phase == .closed) == (end.session?.end != nil), "whoever ends says why")
        }
        line.tear()
        try Broken.unless(
            origins == [left.replica.identity.origin, right.replica.identity.origin], "no single fault closes an incarnation")
        try reconnect(left, right)
        return (ends, line.sentToRight, line.sentToLeft)
    }

    private func reconnect(_ left: SessionEnd, _ right: SessionEnd) throws {
        var link = SessionLink(left, right, seed: 5)
        link.now = Moment(monotonic: 0, wall: 1_740_001_000_000)
        link.connect()
        try Broken.unless(link.run(), "a clean session comes to rest")
        try Broken.unless(
            left.session?.phase == .open && right.session?.phase == .open,
            "a clean session is open: \(left.session?.end as Any)")
        try Broken.unless(left.session?.suspended.isEmpty == true, "nothing is left out: \(left.session?.suspended as Any)")
        try Broken.unless(link.differences == [], "both hold the same: \(link.differences) differ")
        for end in [left, right] {
            let (orders, sold) = try end.sales(of: 1)
            try Broken.unless(orders == Self.orders, "each order is there: \(orders) of \(Self.orders) at \(end.member)")
            try Broken.unless(sold == 2 * Int64(Self.orders), "each counts once: \(sold) at \(end.member)")
            for scope in end.replica.heldScopes {
                try Broken.unless(
                    try end.replica.recomputedDigest(of: scope) == end.replica.digest(of: scope), "digests are true")
            }
        }
    }

    struct Broken: Error, CustomStringConvertible {
        let description: String

        static func unless(_ holds: Bool, _ property: @autoclosure () -> String) throws {
            guard holds else { throw Broken(description: property()) }
        }
    }
}
