import CRDT
import Replica
import Retail
import Simulation
import Sync
import Testing

@Suite struct SessionTests {
    @Test(arguments: 1...20)
    func `two replicas converge, however the bytes are cut`(seed: UInt64) throws {
        let (store, headquarters) = (try SessionEnd(1), try SessionEnd(0))
        var link = SessionLink(store, headquarters, seed: seed)
        for number in 0..<20 { try store.sell("S001-\(1000 + number)", at: link.now) }
        try headquarters.edit("C0000042", phone: "+49", at: link.now)
        link.connect()
        link.run()
        #expect(store.session?.phase == .open && headquarters.session?.phase == .open)
        #expect(link.differences == [])
        #expect(headquarters.replica.heldScopes.contains(Scope(.books, of: 1)))
    }

    @Test func `news cross a session that is open, both ways at once`() throws {
        let (store, headquarters) = (try SessionEnd(1), try SessionEnd(0))
        var link = SessionLink(store, headquarters, seed: 3)
        link.connect()
        link.run()
        for round in 0..<50 {
            link.pass(1000)
            try store.sell("S001-\(1000 + round)", at: link.now)
            try store.edit("C0000042", phone: "s\(round)", at: link.now)
            try headquarters.edit("C0000042", phone: "h\(round)", at: link.now)
            try headquarters.edit("C0000043", phone: "h\(round)", at: link.now)
            link.run(bytes: Int.random(in: 0...400, using: &link.random))
        }
        link.run()
        #expect(link.differences == [])
        #expect(store.session?.end == nil)
        #expect(headquarters.session?.end == nil)
    }

    @Test(arguments: (0...40).map { $0 * 10 })
    func `what is sold while a session is being opened crosses it`(bytes: Int) throws {
        let (store, headquarters) = (try SessionEnd(1), try SessionEnd(0))
        var link = SessionLink(store, headquarters, seed: UInt64(bytes))
        link.connect()
        link.run(bytes: bytes)
        try store.sell("S001-1000", at: link.now)
        try headquarters.edit("C0000043", phone: "+49", at: link.now)
        link.run()
        #expect(store.session?.phase == .open && headquarters.session?.phase == .open)
        #expect(link.differences == [])
    }

    @Test(arguments: 1...40)
    func `a line that is torn at any byte loses nothing`(seed: UInt64) throws {
        let (store, headquarters) = (try SessionEnd(1), try SessionEnd(0))
        var link = SessionLink(store, headquarters, seed: seed)
        var sold = 0
        for _ in 0..<12 {
            link.connect()
            for _ in 0..<4 {
                link.pass(1000)
                try store.sell("S001-\(1000 + sold)", at: link.now)
                sold += 1
                try headquarters.edit("C000004\(sold % 10)", phone: "\(sold)", at: link.now)
                link.run(bytes: Int.random(in: 0...900, using: &link.random))
            }
            link.tear()
        }
        link.connect()
        link.run()
        #expect(link.differences == [])
        let books = Scope(.books, of: 1)
        #expect(try headquarters.replica.keys(of: books, collection: RetailSchema.order.number).count == sold)
    }

    @Test func `equal replicas find that out in one round trip and 200 bytes each way`() throws {
        let (store, headquarters) = (try SessionEnd(1), try SessionEnd(0))
        var link = SessionLink(store, headquarters, seed: 5)
        for number in 0..<20 { try store.sell("S001-\(1000 + number)", at: link.now) }
        link.connect()
        link.run()
        link.tear()
        link.connect()
        link.run()
        #expect(store.session?.phase == .open && headquarters.session?.phase == .open)
        #expect(link.delivered.toRight <= 200 && link.delivered.toLeft <= 200)
    }

    @Test func `what one brought is passed on to another, and not back`() throws {
        let (first, second, headquarters) = (try SessionEnd(1), try SessionEnd(2), try SessionEnd(0))
        var link = SessionLink(first, headquarters, seed: 6)
        for number in 0..<10 { try first.edit("C000004\(number)", phone: "\(number)", at: link.now) }
        link.connect()
        link.run()
        #expect(headquarters.session?.counts.recordsSent == 0)
        var other = SessionLink(second, headquarters, seed: 7)
        other.connect()
        other.run()
        #expect(other.differences == [])
        #expect(try second.replica.keys(of: Scope(.customers)).count == 10)
        #expect(!second.replica.heldScopes.contains(Scope(.books, of: 1)))
        #expect(second.replica.relayed[Scope(.customers)]?.map(\.via) == [0])
    }

    @Test(arguments: 1...10)
    func `a large delta goes on where it was torn`(seed: UInt64) throws {
        let (store, headquarters) = (try SessionEnd(1), try SessionEnd(0))
        var link = SessionLink(store, headquarters, seed: seed)
        for number in 0..<4000 { try store.sell("S001-\(10_000 + number)", customer: nil, at: link.now) }
        var whole = 0
        var bounds = SessionBounds()
        bounds.creditBytes = 1 << 14
        for _ in 0..<100 {
            link.connect(bounds: bounds)
            let isQuiet = link.run(bytes: 20_000)
            whole += link.delivered.toRight
            if isQuiet { break }
            link.tear()
        }
        #expect(link.differences == [])
        #expect(whole < 400_000)
    }
}
