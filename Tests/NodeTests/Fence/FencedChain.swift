import CRDT
import Net
import Node
import Replica
import Retail
import Testing

/// HQ and two stores of a founded chain, opened for the length of a test: one is going to be lost, the other has seen things.
struct FencedChain {
    static let now = TestChain.now
    static let sku = Identifier(number: 7, digits: 4)

    private let chain: TestChain
    let headquarters: ReplicaDirectory
    let lost: ReplicaDirectory
    let witness: ReplicaDirectory
    let registrar: Registrar

    init() throws {
        chain = try TestChain()
        for name in ["S001", "S002"] { try chain.enrol(try chain.invite(name), PrivateKey()) }
        headquarters = try ReplicaDirectory.open(at: chain.path)
        registrar = try Registrar(headquarters)
        lost = try Self.machine(chain, "lost", member: 1)
        witness = try Self.machine(chain, "witness", member: 2)
    }

    /// A new machine of a member, with nothing on it.
    func machine(_ folder: String, member: UInt32) throws -> ReplicaDirectory {
        try Self.machine(chain, folder, member: member)
    }

    private static func machine(_ chain: TestChain, _ folder: String, member: UInt32) throws -> ReplicaDirectory {
        let card = ReplicaCard(
            chain: chain.founded.card.chain, member: member, name: "S00\(member)",
            digestKey: chain.founded.card.digestKey)
        return try ReplicaDirectory.create(at: chain.folder[folder], card, epoch: 1_735_689_600_000)
    }

    func membership() throws -> Membership { try Membership(reading: headquarters.replica) }

    func invite(_ name: String) throws -> InviteToken {
        try registrar.invite(name, replaces: true, validMilliseconds: TestChain.day, at: Self.now)
    }

    /// HQ's answer to a machine that shows a token.
    func answer(_ token: InviteToken, _ key: PrivateKey) throws -> Answer {
        let request = try chain.request(token, key)
        return try Answer(try EnrolmentServer(headquarters).answer(request, from: nil, at: Self.now + 1).reply)
    }

    func sell(_ member: UInt32, _ id: String, at store: ReplicaDirectory) throws {
        let order = NewOrder(
            id: try #require(Identifier(id)), customer: nil, payment: "cash", total: 100, placed: Self.now,
            lines: [.init(sku: Self.sku, quantity: 1, unitPrice: 100)], points: 0)
        try store.replica.perform(at: Self.now) { try $0.place(order, at: member) }
    }

    /// Brings what one side has to the other, in some scopes or all.
    func bring(from source: ReplicaDirectory, to sink: ReplicaDirectory, _ scopes: [Scope]? = nil) throws {
        for scope in scopes ?? source.replica.heldScopes {
            let delta = try source.replica.delta(scope, for: sink.replica.cut(of: scope))
            if let delta { try sink.replica.join([delta], at: Self.now) }
        }
    }
}
