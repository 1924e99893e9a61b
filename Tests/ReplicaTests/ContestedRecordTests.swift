import CRDT
import Replica
import Testing

@Suite struct `A look through all rows` {
    private func contested(_ replica: Replica) throws -> Int? {
        var position = RowVerification()
        while true {
            let found = try replica.verify(&position, limit: 2)
            if found.isComplete { return found.contested }
            #expect(found.contested == nil, "nothing is said before all were looked at")
        }
    }

    private func tell(_ teller: Replica, _ listener: Replica) throws {
        let delta = try #require(try teller.delta(Shop.books, for: listener.cut(of: Shop.books)))
        try listener.join([delta], at: 2000)
    }

    @Test func `counts the records whose values were written without seeing each other`() throws {
        let (till, headquarters) = (try Shop.replica(1), try Shop.replica(0))
        for number in 1...5 { try till.sell(UInt64(number), 1, at: 1000) }
        try till.perform(at: 1000) { try $0.set(Shop.text, of: Shop.note, to: .text("a")) }
        try headquarters.perform(at: 1001) { try $0.set(Shop.text, of: Shop.note, to: .text("b")) }
        #expect(try contested(till) == 0)
        try tell(till, headquarters)
        #expect(try contested(headquarters) == 1)
        try headquarters.perform(at: 1002) { try $0.set(Shop.text, of: Shop.note, to: .text("c")) }
        #expect(try contested(headquarters) == 0)
    }

    @Test func `does not count what both sides wrote alike`() throws {
        let (till, headquarters) = (try Shop.replica(1), try Shop.replica(0))
        for replica in [till, headquarters] {
            try replica.perform(at: 1000) { try $0.set(Shop.text, of: Shop.note, to: .text("a")) }
        }
        try tell(till, headquarters)
        #expect(try contested(headquarters) == 0)
    }
}
