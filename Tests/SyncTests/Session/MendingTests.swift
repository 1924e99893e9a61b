import CRDT
import Replica
import Retail
import Sync
import Testing

/// Records that are set aside come back among others that are damaged, too, and while work goes on.
@Suite struct MendingTests {
    private static let customers = Scope(.customers)

    private func equalPair() throws -> SessionLink {
        var link = SessionLink(try SessionEnd(1), try SessionEnd(0), seed: 8)
        for number in 0..<9 { try link.right.edit("C000004\(number)", phone: "\(number)", at: link.now) }
        for number in 0..<9 { try link.left.sell("S001-\(1000 + number)", at: link.now) }
        link.connect()
        link.run()
        #expect(link.differences == [])
        return link
    }

    private func customer(_ number: Int) throws -> RecordKey {
        try RecordKey(
            scope: Self.customers, collection: RetailSchema.customer.number, id: Identifier("C000004\(number)").required)
    }

    private func heal(_ link: inout SessionLink, until isWhole: (SessionLink) -> Bool) {
        for _ in 0..<300 where !isWhole(link) {
            link.pass(1000)
            for end in [link.left, link.right] {
                end.session?.noteDamage(of: end.replica.ailingScopes, at: link.now)
                end.session?.tick(at: link.now)
            }
            link.run()
        }
    }

    private func expectWhole(_ link: SessionLink) throws {
        #expect(link.differences == [])
        for end in [link.left, link.right] {
            #expect(end.session?.end == nil && end.session?.suspended == [:])
            #expect(end.replica.ailingScopes == [])
            for scope in end.replica.heldScopes {
                #expect(try end.replica.recomputedDigest(of: scope) == end.replica.digest(of: scope))
            }
        }
    }

    @Test(arguments: [true, false])
    func `a record is mended beside a damaged row that nobody has met yet`(isStore: Bool) throws {
        var link = try equalPair()
        let hurt = isStore ? link.left : link.right
        let cells = try (3...6).map { try hurt.replica.record(customer($0)).cells }
        for number in 3...6 {
            var bytes = ByteWriter()
            try customer(number).encode(into: &bytes)
            let hex = bytes.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            try hurt.damage("UPDATE record SET value = substr(value, 1, length(value) - 1) || x'5A' WHERE key = x'\(hex)'")
        }
        #expect(try hurt.replica.quarantineIfDamaged(try customer(5)))
        hurt.session?.noteDamage(of: hurt.replica.ailingScopes, at: link.now)
        heal(&link) { _ in hurt.replica.ailingScopes.isEmpty || hurt.session?.end != nil }
        try expectWhole(link)
        #expect(try (3...6).map { try hurt.replica.record(customer($0)).cells } == cells)
    }

    /// More rows than one question may name: what HQ remembers vouches for all of them or none, and nobody is above HQ.
    @Test(arguments: [64, 65, 150])
    func `however many records of a scope rot at headquarters, any store that has them brings them back`(count: Int) throws {
        var link = SessionLink(try SessionEnd(1), try SessionEnd(0), seed: 9)
        let names = (0..<count + 3).map { "C\(10_000 + $0)" }
        for name in names { try link.right.edit(name, phone: name, at: link.now) }
        link.connect()
        link.run()
        #expect(link.differences == [])
        let keys = try link.right.replica.keys(of: Self.customers)
        #expect(keys.count == names.count)
        let digest = link.right.replica.digest(of: Self.customers)
        for key in keys.prefix(count) { try link.right.replica.quarantine(key) }
        link.right.session?.noteDamage(of: link.right.replica.ailingScopes, at: link.now)
        link.run()
        try expectWhole(link)
        #expect(link.right.replica.digest(of: Self.customers) == digest)
        #expect(link.right.session?.counts.recordsMended == count)
    }

    /// Neither store ever hears what the other one wrote: headquarters cannot tell it while the record is aside.
    @Test func `two stores that have both written to a record which rots at headquarters bring it back together`() throws {
        let headquarters = try SessionEnd(0)
        var lines = [
            SessionLink(try SessionEnd(1), headquarters, seed: 10), SessionLink(try SessionEnd(2), headquarters, seed: 11),
        ]
        /// Each line is there for some seconds, one after the other.
        func meet(_ rounds: Int, while isOpen: () -> Bool = { true }) {
            for round in 0..<rounds * 2 where isOpen() {
                lines[round % 2].now = Moment(
                    monotonic: Int64(round) * 10_000, wall: lines[1 - round % 2].now.wall + 10_000)
                lines[round % 2].connect()
                lines[round % 2].run()
                headquarters.session?.noteDamage(of: headquarters.replica.ailingScopes, at: lines[round % 2].now)
                lines[round % 2].run()
                lines[round % 2].tear()
            }
        }
        let key = try customer(4)
        try headquarters.edit("C0000044", phone: "0", at: lines[0].now)
        meet(2)
        for line in lines {
            try line.left.edit("C0000044", phone: "+\(line.left.member)", at: line.now)
            #expect(line.left.replica.vector(of: Self.customers).entries.count == 2)
        }
        try headquarters.replica.quarantine(key)
        meet(1)
        #expect(headquarters.replica.vector(of: Self.customers).entries.count == 3, "what they wrote is held around it")
        #expect(headquarters.replica.quarantinedKeys == [key], "once told is not enough")
        meet(12) { !headquarters.replica.ailingScopes.isEmpty }
        #expect(headquarters.replica.ailingScopes == [])
        let phones = try headquarters.replica.record(key).cells.compactMap(\.value)
        #expect(Set(phones) == [.text("+1"), .text("+2")])
        meet(2)
        for line in lines { #expect(line.differences == []) }
        #expect(
            try headquarters.replica.recomputedDigest(of: Self.customers) == headquarters.replica.digest(of: Self.customers))
    }

    /// What was told of one record alone contradicts nothing that is told of two.
    @Test func `a record that is set aside while another one waits keeps neither from coming back`() throws {
        let headquarters = try SessionEnd(0)
        var line = SessionLink(try SessionEnd(1), headquarters, seed: 12)
        func meet(_ rounds: Int) {
            for _ in 0..<rounds {
                line.pass(10_000)
                line.connect()
                line.run()
                headquarters.session?.noteDamage(of: headquarters.replica.ailingScopes, at: line.now)
                line.run()
                line.tear()
            }
        }
        for name in ["C0000044", "C0000045"] { try headquarters.edit(name, phone: "0", at: line.now) }
        meet(1)
        try line.left.edit("C0000044", phone: "1", at: line.now)
        try headquarters.replica.quarantine(try customer(4))
        meet(2)
        try headquarters.replica.quarantine(try customer(5))
        meet(2)
        #expect(headquarters.replica.quarantinedKeys.count == 2, "nobody is believed so soon")
        meet(12)
        #expect(headquarters.replica.ailingScopes == [])
        #expect(try headquarters.replica.record(customer(4)).cells.compactMap(\.value) == [.text("1")])
        #expect(line.differences == [])
    }
}
