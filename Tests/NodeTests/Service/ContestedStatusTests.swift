import CRDT
import Foundation
import Node
import Replica
import Retail
import Testing

@Suite struct ContestedStatusTests {
    private static let clock: @Sendable () -> Int64 = { TestChain.now }

    private func setPhone(_ phone: String, in directory: ReplicaDirectory) throws {
        let (member, id) = (directory.card.member, try #require(Identifier("C1")))
        try directory.replica.apply(at: TestChain.now) {
            try $0.edit(customer: id, [(RetailSchema.Customer.phone, phone)], at: member)
        }
        try directory.replica.commit()
        try directory.writeHighWater()
    }

    @Test func `a customer who was edited on two islands shows in status, wherever both edits are held`() throws {
        let chain = try TestChain()
        let (token, store) = (try chain.invite("S001"), chain.folder["S001"])
        let headquarters = try RunningNode(chain.path, clock: Self.clock)
        let port = try #require(headquarters.port)
        _ = try Joining.join(token.at(try .test("127.0.0.1:\(port)")), at: store, clock: Self.clock)
        headquarters.stop()
        try chain.headquarters { try setPhone("0421", in: $0) }
        try setPhone("0431", in: try ReplicaDirectory.open(at: store))
        do {
            let again = try RunningNode(chain.path, clock: Self.clock)
            let member = try RunningNode(store, dialling: again.port, clock: Self.clock)
            #expect(try member.eventually { $0.sum == (try? again.status.sum) })
            member.stop()
            again.stop()
        }
        // All rows are looked through when a node has started.
        for directory in [chain.path, store] {
            let node = try RunningNode(directory, clock: Self.clock)
            #expect(try node.eventually { $0.contestedRecords == 1 && $0.contestedAsOf == TestChain.now })
        }
    }
}
