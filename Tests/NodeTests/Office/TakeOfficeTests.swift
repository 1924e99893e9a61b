import CRDT
import Foundation
import Net
import Node
import Replica
import Retail
import Sync
import Testing

/// The registrar is lost: a person declares it, with the authority's key from a backup.
@Suite struct TakeOfficeTests {
    private let chain: OfficeChain

    init() throws {
        chain = try OfficeChain()
        try chain.bring(from: chain.headquarters, to: chain.second)
        try chain.bring(from: chain.headquarters, to: chain.store)
    }

    private var authorityKey: [UInt8] {
        get throws {
            Array(try #require(FileManager.default.contents(atPath: chain.headquarters + "/keys/authority.key")))
        }
    }

    @Test func `with the authority's key a headquarters takes the office, and the lost one is revoked`() throws {
        #expect(try chain.perform(.takeOffice(key: authorityKey), at: chain.second) == .inOffice(term: 1))
        let membership = try Membership(of: try ReplicaDirectory.open(at: chain.second))
        #expect(membership.office.holder == 1 && membership.office.terms.first?.isTaken == true)
        #expect(membership[0]?.revocation?.since == OfficeChain.now && membership.access[0].isRevoked)
        guard
            case .invited(let token) = try chain.perform(
                .invite(name: "S002", replaces: false, validMilliseconds: 60_000, address: nil), at: chain.second)
        else { throw NodeError.stopped }
        #expect(token.member > 1000, "the lost one may have given out the numbers that follow")
        #expect(throws: OfficeError.unfit("HQ2", .holdsItAlready)) {
            try chain.perform(.takeOffice(key: authorityKey), at: chain.second)
        }
        // What the lost one is alive to decide, and others bring, still counts; it hears that it decides no more.
        try chain.bring(from: chain.second, to: chain.headquarters)
        #expect(try !chain.decides(chain.headquarters))
        #expect(try chain.office(at: chain.headquarters).permits(.init(origin: .init(rawValue: 7), sequence: 1 << 30)))
    }

    @Test func `without that key, or at a store, nothing is taken`() throws {
        let other = try PrivateKey().pem
        for key in [other, try NodeKeys.read(in: chain.second).key.pem, Array("no key".utf8), []] {
            #expect(throws: OfficeError.otherAuthority) { try chain.perform(.takeOffice(key: key), at: chain.second) }
        }
        #expect(throws: OfficeError.unfit("S001", .store)) {
            try chain.perform(.takeOffice(key: authorityKey), at: chain.store)
        }
        #expect(throws: OfficeError.unfit("HQ", .holdsItAlready)) {
            try chain.perform(.takeOffice(key: authorityKey), at: chain.headquarters)
        }
        for path in [chain.second, chain.store] {
            #expect(!FileManager.default.fileExists(atPath: path + "/keys/authority.key"))
            #expect(try chain.office(at: path).number == 0)
        }
        #expect(try chain.decides(chain.headquarters))
    }

    @Test func `if the grant cannot be written, nothing that goes along with the office is there either`() throws {
        // The lost one cannot be revoked: its record is damaged.
        let database = chain.second + "/" + ReplicaDirectory.databaseName
        #expect(try Damage.flip(database, "record", only: RetailSchema.member(0)) == 1)
        #expect(throws: ReplicaError.self) { try chain.perform(.takeOffice(key: authorityKey), at: chain.second) }
        #expect(try chain.office(at: chain.second).number == 0)
        for file in ["keys/authority.key", "invitations.json"] {
            #expect(!FileManager.default.fileExists(atPath: chain.second + "/" + file), "\(file)")
        }
    }

    @Test func `a key that is there without the grant decides nothing, and the same wish again goes on`() throws {
        // As after a power cut between the two.
        try Data(authorityKey).write(to: URL(filePath: chain.second + "/keys/authority.key"))
        #expect(try !chain.decides(chain.second) && chain.decides(chain.headquarters))
        #expect(try chain.perform(.takeOffice(key: authorityKey), at: chain.second) == .inOffice(term: 1))
        #expect(try chain.decides(chain.second))
    }

    @Test func `where only what goes along with a granted office is lost, the key alone is taken in`() throws {
        _ = try chain.handOver()
        try chain.bring(from: chain.headquarters, to: chain.second)
        #expect(try chain.perform(.takeOffice(key: authorityKey), at: chain.second) == .inOffice(term: 1))
        #expect(try chain.decides(chain.second) && !chain.decides(chain.headquarters))
        let membership = try Membership(of: try ReplicaDirectory.open(at: chain.second))
        #expect(membership[0]?.revocation == nil)
    }
}
