import CRDT
import Replica
import Retail
import Simulation
import Sync
import Testing

/// What is damaged or gone on one disk comes back from the other, within an open session or as the next one opens.
@Suite struct SessionRepairTests {
    static let books = Scope(.books, of: 1)

    /// A store and HQ that hold the same.
    private func equalPair(_ orders: Int, seed: UInt64) throws -> SessionLink {
        var link = SessionLink(try SessionEnd(1), try SessionEnd(0), seed: seed)
        for number in 0..<orders { try link.left.sell("S001-\(10_000 + number)", lines: 1 + number % 3, at: link.now) }
        for number in 0..<9 { try link.right.edit("C000004\(number)", phone: "\(number)", at: link.now) }
        link.connect()
        link.run()
        #expect(link.differences == [])
        return link
    }

    /// Lets time pass in small steps, until nothing differs and nothing is aside.
    private func heal(_ link: inout SessionLink, seconds: Int = 200) {
        for _ in 0..<seconds where !isWhole(link) {
            link.pass(1000)
            for end in [link.left, link.right] { end.session?.tick(at: link.now) }
            link.run()
        }
    }

    private func isWhole(_ link: SessionLink) -> Bool {
        link.differences.isEmpty && [link.left, link.right].allSatisfy { $0.replica.ailingScopes.isEmpty }
    }

    /// Both sides' rows add up to what their heads say, and to the same.
    private func expectWhole(_ link: SessionLink, _ location: SourceLocation = #_sourceLocation) throws {
        #expect(link.differences == [], sourceLocation: location)
        for end in [link.left, link.right] {
            #expect(end.session?.end == nil && end.session?.suspended == [:], sourceLocation: location)
            for scope in end.replica.heldScopes {
                #expect(!end.replica.isAside(scope), sourceLocation: location)
                let sum = try end.replica.recomputedDigest(of: scope)
                #expect(sum == end.replica.digest(of: scope), "\(scope) at \(end.member)", sourceLocation: location)
            }
        }
    }

    /// As housekeeping does: looks through all rows, sets aside what is damaged, and tells the session.
    private func verify(_ end: SessionEnd, at now: Moment) throws {
        var position = RowVerification()
        var found = try end.replica.verify(&position, limit: 50)
        while true {
            for key in found.damaged { try end.replica.quarantineIfDamaged(key) }
            if found.isComplete { break }
            found = try end.replica.verify(&position, limit: 50)
        }
        end.session?.noteDamage(of: end.replica.ailingScopes, at: now)
    }

    private static let spoil = "UPDATE record SET value = substr(value, 1, length(value) - 1) || x'5A'"
    private static let lose = "DELETE FROM record"

    /// Rows of the store's books.
    private static func of(_ scope: Scope, limit: Int, offset: Int) -> String {
        let prefix = Frame.lack(scope, []).bytes.dropFirst(2).dropLast().map { String($0, radix: 16) }
            .map { $0.count == 1 ? "0" + $0 : $0 }.joined()
        return " WHERE key IN (SELECT key FROM record WHERE key >= x'\(prefix)' AND key < x'\(prefix)FF' "
            + "LIMIT \(limit) OFFSET \(offset))"
    }

    @Test(arguments: [spoil, lose], [1, 5, 90])
    func `rows that rot at headquarters come back while the session is open`(damage: String, count: Int) throws {
        var link = try equalPair(120, seed: 1)
        let before = try link.right.replica.keys(of: Self.books).count
        try link.right.damage(damage + Self.of(Self.books, limit: count, offset: 4))
        try verify(link.right, at: link.now)
        #expect(link.right.replica.ailingScopes == [Self.books])
        heal(&link)
        try expectWhole(link)
        #expect(try link.right.replica.keys(of: Self.books).count == before)
        #expect(try link.right.sales(of: 1) == link.left.sales(of: 1))
        let counts = try #require(link.right.session?.counts)
        #expect(damage == Self.spoil ? counts.recordsMended == count : counts.scopesMended == 1)
    }

    @Test(arguments: [spoil, lose])
    func `rows that rot at a store come back, its own counters from its own facts`(damage: String) throws {
        var link = try equalPair(40, seed: 2)
        let sales = try link.left.sales(of: 1)
        try link.left.damage(damage + Self.of(Scope(.stock, of: 1), limit: 9, offset: 0))
        try link.left.damage(damage + Self.of(Self.books, limit: 3, offset: 7))
        try link.left.damage(damage + Self.of(Scope(.customers), limit: 4, offset: 1))
        try verify(link.left, at: link.now)
        #expect(link.left.replica.ailingScopes.count == 3)
        heal(&link)
        try expectWhole(link)
        #expect(try link.left.sales(of: 1) == sales)
    }

    @Test(arguments: 1...30)
    func `a line that is torn at any byte of a repair, and taken up again, mends all`(seed: UInt64) throws {
        var link = try equalPair(60, seed: seed)
        try link.left.damage(Self.lose + Self.of(Self.books, limit: 4, offset: 9))
        try link.right.damage(Self.lose + Self.of(Self.books, limit: 9, offset: 40))
        try link.right.damage(Self.spoil + Self.of(Scope(.stock, of: 1), limit: 2, offset: 1))
        for _ in 0..<5 {
            try verify(link.left, at: link.now)
            try verify(link.right, at: link.now)
            link.run(bytes: Int.random(in: 0...1500, using: &link.random))
            link.tear()
            link.pass(1000)
            link.connect()
            link.run(bytes: Int.random(in: 0...700, using: &link.random))
        }
        link.run()
        try verify(link.left, at: link.now)
        try verify(link.right, at: link.now)
        heal(&link)
        try expectWhole(link)
        #expect(try link.left.sales(of: 1).orders == 60)
        #expect(try link.right.sales(of: 1).orders == 60)
    }

    @Test(arguments: 1...10)
    func `sales go on while both sides look for what they lack`(seed: UInt64) throws {
        var link = try equalPair(60, seed: seed)
        try link.left.damage(Self.spoil + Self.of(Self.books, limit: 4, offset: 9))
        try link.right.damage(Self.lose + Self.of(Self.books, limit: 9, offset: 40))
        for round in 0..<20 {
            if round % 5 == 0 {
                try verify(link.left, at: link.now)
                try verify(link.right, at: link.now)
            }
            try link.left.sell("S001-\(20_000 + round)", lines: 1, at: link.now)
            try link.right.edit("C0000041", phone: "r\(round)", at: link.now)
            link.run(bytes: Int.random(in: 0...900, using: &link.random))
            link.pass(700)
            for end in [link.left, link.right] { end.session?.tick(at: link.now) }
        }
        link.run()
        heal(&link)
        try expectWhole(link)
        #expect(try link.left.sales(of: 1).orders == 80)
        #expect(try link.right.sales(of: 1).orders == 80)
    }

    @Test func `digests that differ at equal cuts are found as a session opens`() throws {
        var link = try equalPair(40, seed: 4)
        try link.right.damage(Self.lose + Self.of(Self.books, limit: 5, offset: 11))
        // The sum agrees with what is left of the rows, as after a faulty join: only the other side knows better.
        #expect(try link.right.replica.correctDigest(of: Self.books))
        #expect(link.differences == [Self.books])
        link.tear()
        link.connect()
        link.run()
        heal(&link)
        try expectWhole(link)
        #expect(link.left.session?.counts.scopesMended == 1)
    }

    @Test func `digests that came to differ by what a session brought are compared a minute later`() throws {
        var link = try equalPair(40, seed: 5)
        link.tear()
        try link.left.sell("S001-30000", at: link.now)
        try link.right.damage(Self.lose + Self.of(Self.books, limit: 5, offset: 11))
        #expect(try link.right.replica.correctDigest(of: Self.books))
        link.connect()
        link.run()
        #expect(link.differences == [Self.books])
        heal(&link)
        try expectWhole(link)
    }

    @Test func `a comparison takes few turns and few bytes, however many records there are`() throws {
        var link = try equalPair(3000, seed: 6)
        try link.right.damage(Self.lose + Self.of(Self.books, limit: 1, offset: 1500))
        let before = link.delivered.toRight + link.delivered.toLeft
        let frames = link.left.session?.counts.framesSent ?? 0
        try verify(link.right, at: link.now)
        heal(&link)
        try expectWhole(link)
        #expect((link.left.session?.counts.framesSent ?? 0) - frames <= 12)
        #expect(link.delivered.toRight + link.delivered.toLeft - before < 16_000)
    }
}
