import CRDT
import Foundation
import Net
import Node
import Replica
import Retail
import Sync
import Testing

/// What a store makes up under the registrar's number. It may pass on what others wrote, so a delta does not show who did: what
/// gives power counts by the authority's signature alone.
@Suite struct ForgedRecordTests {
    private let chain: OfficeChain
    private var card: ReplicaCard { chain.chain.founded.card }

    init() throws {
        chain = try OfficeChain()
        for path in [chain.second, chain.store] { try chain.bring(from: chain.headquarters, to: path) }
    }

    /// Puts something into the store's scope `chain` as if HQ had written it, in an incarnation that never was.
    ///
    /// - Returns: how far the store holds that scope then.
    @discardableResult
    private func forge(seeing isSeen: Bool = true, _ body: (Transaction) throws -> Void) throws -> VersionVector {
        let name = ReplicaCard(chain: card.chain, member: 0, name: "HQ", digestKey: card.digestKey)
        let folder = chain.chain.folder["forger-\(UInt32.random(in: 0..<(.max)))"]
        let (forger, store) = (
            try ReplicaDirectory.create(at: folder, name, epoch: OfficeChain.now), try ReplicaDirectory.open(at: chain.store)
        )
        if isSeen, let known = try store.replica.delta(.chain, for: Cut()) {
            try forger.replica.join([known], at: OfficeChain.now)
        }
        try forger.replica.perform(at: OfficeChain.now + 1_000, body)
        let delta = try #require(try forger.replica.delta(.chain, for: store.replica.cut(of: .chain)))
        try store.replica.join([delta], at: OfficeChain.now)
        return store.replica.vector(of: .chain)
    }

    private func membership(_ path: String) throws -> Membership { try Membership(of: try ReplicaDirectory.read(at: path)) }

    private func field(_ field: UInt32, of member: UInt32) throws -> Value? {
        let directory = try ReplicaDirectory.read(at: chain.headquarters)
        return try directory.replica.record(RetailSchema.member(member)).register(SlotKey(field: field))?.value
    }

    /// Roles that a store may think of for itself.
    private var roles: [Value?] {
        get throws {
            var writer = ByteWriter()
            writer.write(fixed64: card.chain.high)
            writer.write(fixed64: card.chain.low)
            writer.write(varint: 2)
            writer.write(varint: 1)
            let key = try NodeKeys.read(in: chain.store).key
            var signed = ByteWriter()
            signed.write(counted: try key.sign(Array("atoll role 1\n".utf8) + writer.bytes))
            signed.write(raw: writer.bytes)
            // What an old program wrote; signed by itself; the second headquarters' own.
            return [.integer(1), .bytes(signed.bytes), try field(RetailSchema.Member.role, of: 1)]
        }
    }

    @Test func `a store that makes up its own appointment is nobody's headquarters`() throws {
        for role in try roles {
            let role = try #require(role)
            try forge { try $0.set(RetailSchema.Member.role, of: RetailSchema.member(2), to: role) }
            for path in [chain.headquarters, chain.second] {
                try chain.bring(from: chain.store, to: path)
                let access = try membership(path).access
                #expect(!access.isHeadquarters(2) && !access.mayRead(2, Scope(.books, of: 7)), "\(role)")
                #expect(access.isHeadquarters(1))
            }
        }
    }

    @Test func `a running headquarters to which a store brings its own appointment goes on taking it for a store`() throws {
        let forged = try forge { transaction in
            try transaction.set(RetailSchema.Member.role, of: RetailSchema.member(2), to: .integer(1))
        }
        let clock = { @Sendable in OfficeChain.now }
        let headquarters = try RunningNode(chain.headquarters, clock: clock)
        let store = try RunningNode(chain.store, dialling: headquarters.port, clock: clock)
        let hasCome = try headquarters.eventually { _ in
            try ReplicaDirectory.read(at: chain.headquarters).replica.vector(of: .chain).covers(forged)
        }
        #expect(hasCome, "it is held and passed on like all else")
        store.stop()
        headquarters.stop()
        #expect(try !membership(chain.headquarters).access.isHeadquarters(2))
    }

    @Test func `a certificate that another authority has made, or that is another member's, speaks for nobody`() throws {
        let other = try CertificateAuthority(
            founding: ChainID(high: card.chain.high, low: card.chain.low), name: "another", at: OfficeChain.now)
        let key = try PrivateKey()
        let later = OfficeChain.now + TestChain.day
        let made = try other.issue(
            CertificateRequest(name: "HQ2", key: key), member: 1, name: "HQ2", notAfter: later + TestChain.day, at: later)
        let store = try NodeKeys.read(in: chain.store).certificate
        let second = try NodeKeys.read(in: chain.second).certificate
        for certificate in [made, store] {
            let der = try certificate.der
            try forge { try $0.set(RetailSchema.Member.certificate, of: RetailSchema.member(1), to: .bytes(der)) }
            try chain.bring(from: chain.store, to: chain.headquarters)
            let membership = try membership(chain.headquarters)
            #expect(membership[1]?.certificate == der, "the record says so")
            #expect(membership.publicKey(of: 1) == nil)
            #expect(membership.refusal(of: try second.identity) == nil, "nobody has taken its place")
            // Else what goes along with the office could be read by whoever made that certificate.
            #expect(throws: OfficeError.unfit("HQ2", .certificate)) { try chain.handOver() }
        }
    }

    @Test func `a term's record that nonsense was written to beside the grant still says who holds the office`() throws {
        let handover = try chain.handOver()
        try chain.bring(from: chain.headquarters, to: chain.second)
        _ = try chain.perform(.acceptOffice(bundle: handover.bundle), at: chain.second)
        try forge(seeing: false) { transaction in
            try transaction.set(RetailSchema.Office.grant, of: RetailSchema.office(term: 1), to: .bytes([1, 2, 3]))
        }
        for path in [chain.headquarters, chain.second] { try chain.bring(from: chain.store, to: path) }
        #expect(try chain.decides(chain.second) && !chain.decides(chain.headquarters))
    }
}
