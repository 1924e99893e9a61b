import CRDT
import Foundation
import Net
import Node
import Replica
import Retail
import Testing

/// Two running nodes whose databases are damaged on disk: each finds the damage by itself, and fetches what is missing from the
/// other.
@Suite(.serialized) struct RunningRepairTests {
    private let chain: TestChain
    private let names = (1...40).map { "C\($0)" }
    private var store: String { chain.folder["S001"] }
    private static let clock: @Sendable () -> Int64 = { TestChain.now }

    init() throws {
        chain = try TestChain()
        let token = try chain.invite("S001")
        try chain.headquarters { directory in
            for name in names {
                let id = try #require(Identifier(name))
                try directory.replica.apply(at: TestChain.now) {
                    try $0.edit(customer: id, [(RetailSchema.Customer.phone, name)], at: 0)
                }
            }
            try directory.replica.commit()
            try directory.writeHighWater()
        }
        let headquarters = try RunningNode(chain.path, clock: Self.clock)
        let port: UInt16 = try #require(headquarters.port)
        let address = try NodeAddress.test("127.0.0.1:\(port)")
        _ = try Joining.join(token.at(address), at: chain.folder["S001"], clock: Self.clock)
        let store = try RunningNode(store, dialling: headquarters.port, clock: Self.clock)
        #expect(store.lines.wait("started") != nil)
        try wait { try store.status.sum == headquarters.status.sum }
        store.stop()
        headquarters.stop()
    }

    /// Looks again and again, a minute at most.
    private func wait(_ holds: () throws -> Bool) throws {
        let deadline = Date() + 60
        while try !holds() {
            try #require(Date() < deadline, "it did not come about within a minute")
        }
    }

    private func expectWhole() throws {
        let directories = try [chain.path, store].map { try ReplicaDirectory.open(at: $0) }
        for directory in directories {
            #expect(try directory.replica.verifyRows().isEmpty)
            #expect(directory.replica.quarantinedKeys.isEmpty)
            #expect(try directory.replica.keys(of: Scope(.customers)).count == names.count)
        }
        for scope in [Scope(.customers), .chain] {
            let digests = try directories.map { try $0.replica.recomputedDigest(of: scope) }
            #expect(digests[0] == digests[1] && digests[0] == directories[0].replica.digest(of: scope))
        }
    }

    @Test(arguments: [true, false])
    func `rows that rot at one of two nodes are found and come back without anybody reading them`(
        isHeadquarters: Bool
    ) throws {
        let database = (isHeadquarters ? chain.path : store) + "/replica.db"
        for name in names.prefix(12) {
            let id = try #require(Identifier(name))
            let key = RecordKey(scope: Scope(.customers), collection: RetailSchema.customer.number, id: id)
            #expect(try Damage.flip(database, "record", only: key) == 1)
        }
        let headquarters = try RunningNode(chain.path, clock: Self.clock)
        let store = try RunningNode(store, dialling: headquarters.port, clock: Self.clock)
        #expect(store.lines.wait("started") != nil)
        let hurt = isHeadquarters ? headquarters : store
        #expect(hurt.lines.wait("damaged") != nil)
        #expect(hurt.lines.wait("mended") != nil)
        try wait { try hurt.status.damagedScopes.isEmpty && hurt.status.quarantinedRecords == 0 }
        #expect(try headquarters.status.peers.map(\.suspended) == [[:]])
        #expect(hurt.lines.all("damaged").count <= 2, "each scope is said once")
        try wait { try store.status.sum == headquarters.status.sum }
        store.stop()
        headquarters.stop()
        try expectWhole()
    }
}
