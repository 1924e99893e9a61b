import CRDT
import Replica
import Simulation
import Testing

@Suite struct `Rows` {
    /// A record with exactly eight writers' cells was once packed with a group twice over, and could not be read again.
    @Test(arguments: 1...20) func `a record keeps the cells of any number of writers`(_ writers: UInt32) throws {
        let headquarters = try Shop.replica(0)
        for member in 1...writers {
            let till = try Shop.replica(member)
            try till.perform(at: Int64(member)) {
                try $0.set(Shop.text, of: Shop.note, to: .text("\(member)"))
                try $0.insert(.index(UInt64(member)), into: Shop.tags, of: Shop.note)
            }
            let delta = try #require(try till.delta(Shop.books, for: headquarters.cut(of: Shop.books)))
            try headquarters.join([delta], at: 100)
        }
        let record = try headquarters.record(Shop.note)
        record.checkInvariants()
        #expect(record.elements(Shop.tags).entries.count == Int(writers))
        #expect(record.register(SlotKey(field: Shop.text))?.losers.count == Int(writers) - 1)
    }
}
