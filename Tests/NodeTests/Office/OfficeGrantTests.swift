import CRDT
import Foundation
import Node
import Replica
import Retail
import Sync
import Testing

/// The records that say who holds the office, as anybody may have written them, and as a bad disk leaves them.
@Suite struct OfficeGrantTests {
    private let chain: OfficeChain
    /// What HQ wrote when it handed the office over.
    private let grant: [UInt8]

    init() throws {
        chain = try OfficeChain()
        _ = try chain.handOver()
        let directory = try ReplicaDirectory.open(at: chain.headquarters)
        let record = try directory.replica.record(RetailSchema.office(term: 1))
        guard case .bytes(let bytes) = record.register(SlotKey(field: RetailSchema.Office.grant))?.value else {
            throw NodeError.stopped
        }
        grant = bytes
    }

    /// The holder that a member takes for the present one once a record says this.
    private func holder(_ bytes: [UInt8], term: UInt64 = 1, at directory: ReplicaDirectory) throws -> UInt32 {
        try directory.replica.perform(at: OfficeChain.now) { transaction in
            try transaction.set(
                RetailSchema.Office.grant, of: RetailSchema.office(term: term), to: .bytes(bytes))
        }
        return try Membership(of: directory).office.holder
    }

    @Test func `a grant that is cut, changed, longer, or of another term says nothing`() throws {
        let store = try ReplicaDirectory.open(at: chain.store)
        for count in grant.indices { #expect(try holder(Array(grant[..<count]), at: store) == 0, "\(count) bytes") }
        for place in grant.indices {
            var changed = grant
            changed[place] ^= 1 << UInt8(place % 8)
            #expect(try holder(changed, at: store) == 0, "byte \(place)")
        }
        #expect(try holder(grant + [0], at: store) == 0)
        #expect(try holder(grant, term: 2, at: store) == 0)
        #expect(try holder(grant, at: store) == 1)
    }

    @Test func `a grant of another chain's authority says nothing`() throws {
        let other = try OfficeChain()
        #expect(try holder(grant, at: try ReplicaDirectory.open(at: other.store)) == 0)
    }

    @Test func `a registrar whose disk has damaged the grant does not take itself for the registrar again`() throws {
        let database = chain.headquarters + "/" + ReplicaDirectory.databaseName
        let key = RetailSchema.office(term: 1)
        #expect(try Damage.flip(database, "record", only: key) == 1)
        #expect(try !chain.decides(chain.headquarters))
        #expect(throws: OfficeError.holderUnknown(term: 1)) {
            try chain.perform(.revoke(name: "S001", reason: nil), at: chain.headquarters)
        }
    }
}
