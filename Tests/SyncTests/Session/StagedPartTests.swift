import CRDT
import Replica
import Retail
import Sync
import Testing

@Suite struct StagedPartTests {
    @Test func `what one member brought a part of, another brings whole`() throws {
        let (first, second, headquarters) = (try SessionEnd(1), try SessionEnd(2), try SessionEnd(0))
        var bounds = SessionBounds()
        bounds.creditBytes = 1 << 14
        var link = SessionLink(second, headquarters, seed: 1)
        let tags = try (0..<10).map { try Identifier("T\($0)").required }
        try headquarters.perform(at: link.now) { transaction in
            for number in 0..<4000 {
                let phone = (field: RetailSchema.Customer.phone, text: "+\(UInt32.random(in: 0...(.max), using: &link.random))")
                let id = try Identifier("C\(10_000 + number)").required
                try transaction.edit(customer: id, [phone], adding: tags, at: 0)
            }
        }
        link.connect()
        link.run()
        var torn = SessionLink(first, second, seed: 2)
        torn.connect(bounds: bounds)
        var isQuiet = false
        while try !isQuiet && first.replica.stagedPosition(of: Scope(.customers), from: 2) == nil {
            isQuiet = torn.run(bytes: 2000)
        }
        #expect(!isQuiet)
        torn.tear()
        #expect(first.replica.stagedCuts.map(\.isPublished) == [false])
        #expect(try first.replica.stagedPosition(of: Scope(.customers), from: 0) == nil)
        var other = SessionLink(first, headquarters, seed: 3)
        other.connect(bounds: bounds)
        other.run()
        #expect(other.differences == [])
        #expect(try first.replica.keys(of: Scope(.customers)).count == 4000)
    }
}
