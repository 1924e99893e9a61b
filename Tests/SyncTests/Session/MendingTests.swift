import CRDT
import Replica
import Retail
import Sync
import Testing

private let customers = Scope(.customers)

/// Records that are set aside come back among others that are damaged, too, and while work goes on.
@Suite struct MendingTests {
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
            scope: customers, collection: RetailSchema.customer.number, id: Identifier("C000004\(number)").required)
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
        let keys = try link.right.replica.keys(of: customers)
        #expect(keys.count == names.count)
        let digest = link.right.replica.digest(of: customers)
        for key in keys.prefix(count) { try link.right.replica.quarantine(key) }
        link.right.session?.noteDamage(of: link.right.replica.ailingScopes, at: link.now)
        link.run()
        try expectWhole(link)
        #expect(link.right.replica.digest(of: customers) == digest)
        #expect(link.right.session?.counts.recordsMended == count)
    }

    /// Headquarters and two stores that have both written to one of its records since it went aside there. Neither store ever hears
    /// what the other one wrote: headquarters cannot tell it while the record is aside.
    private struct Trio {
        let headquarters: SessionEnd
        var lines: [SessionLink]
        let key: RecordKey

        init(_ key: RecordKey) throws {
            self.key = key
            headquarters = try SessionEnd(0)
            lines = [
                SessionLink(try SessionEnd(1), headquarters, seed: 10), SessionLink(try SessionEnd(2), headquarters, seed: 11),
            ]
            try headquarters.edit("\(key.id)", phone: "0", at: lines[0].now)
            try headquarters.edit("C0000046", phone: "6", at: lines[0].now)
            try headquarters.perform(at: lines[0].now) {
                try $0.edit(customer: key.id, [(RetailSchema.Customer.tier, "gold")], at: 0)
            }
            meet(2)
            for line in lines {
                try line.left.edit("\(key.id)", phone: "+\(line.left.member)", at: line.now)
                #expect(line.left.replica.vector(of: customers).entries.count == 2)
            }
            try headquarters.replica.quarantine(key)
            meet(1)
            #expect(headquarters.replica.vector(of: customers).entries.count == 3, "what they wrote is held around it")
            #expect(headquarters.replica.quarantinedKeys == [key], "once told is not enough")
        }

        /// Each line is there for some seconds, one after the other.
        mutating func meet(_ rounds: Int, while isOpen: () -> Bool = { true }) {
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
    }

    /// What headquarters writes beside it reaches no store, either, before the record is back; nor does it touch another one that
    /// goes aside only then.
    @Test(arguments: [(false, false), (true, false), (true, true)])
    func `two stores that have both written to a record which rots at headquarters bring it back together`(
        isWrittenBeside: Bool, isAnotherSetAside: Bool
    ) throws {
        var trio = try Trio(customer(4))
        let headquarters = trio.headquarters
        if isWrittenBeside { try headquarters.edit("C0000045", phone: "5", at: trio.lines[0].now) }
        if isAnotherSetAside { try headquarters.replica.quarantine(customer(6)) }
        trio.meet(12) { !headquarters.replica.ailingScopes.isEmpty }
        #expect(headquarters.replica.ailingScopes == [])
        let texts = try headquarters.replica.record(trio.key).cells.compactMap(\.value)
        #expect(Set(texts) == [.text("+1"), .text("+2"), .text("gold")])
        trio.meet(2)
        for line in trio.lines { #expect(line.differences == []) }
        #expect(try headquarters.replica.recomputedDigest(of: customers) == headquarters.replica.digest(of: customers))
    }

    @Test func `one of several who leaves out what it knew of is not believed, and the others are asked anew`() throws {
        let trio = try Trio(customer(4))
        let told = try trio.lines.map { line in
            (cells: try line.left.replica.record(trio.key).cells, cut: line.left.replica.cut(of: customers))
        }
        func gather(_ cells: [Cell], _ cut: Cut) throws -> [Cell]? {
            try trio.headquarters.replica.gather([(key: trio.key, cells: cells)], of: customers, at: cut)?.first?.cells
        }
        let lie = told[1].cells.filter { $0.slot.field != RetailSchema.Customer.tier }
        #expect(lie.count == 1 && told[1].cells.count == 2)
        #expect(try gather(lie, told[1].cut) == nil)
        #expect(try gather(told[0].cells, told[0].cut) == nil, "what the other one had told is forgotten")
        #expect(try gather(lie, told[1].cut) == nil)
        #expect(try gather(told[1].cells, told[1].cut) == nil)
        let joined = try #require(try gather(told[0].cells, told[0].cut))
        #expect(Set(joined.compactMap(\.value)) == [.text("+1"), .text("+2"), .text("gold")])
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
