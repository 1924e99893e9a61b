import CRDT
import Foundation
import Net
import Node
import Replica
import Retail
import Sync
import Testing

/// Whoever knocks at a node without belonging to its chain, and two nodes that do not agree on the past.
@Suite struct StrangerTests {
    private let chain: TestChain

    init() throws { chain = try TestChain() }

    private func headquarters(_ chain: TestChain) throws -> RunningNode {
        var options = EventLoopOptions()
        options.handshakeTimeoutMilliseconds = 300
        return try RunningNode(chain.path, options: options, clock: { TestChain.now })
    }

    /// Enrols a store with its running HQ.
    private func join(_ chain: TestChain, _ headquarters: RunningNode, _ token: InviteToken) throws -> String {
        let address = try NodeAddress.test("127.0.0.1:\(try #require(headquarters.port))")
        _ = try Joining.join(token.at(address), at: chain.folder[token.name], clock: { TestChain.now })
        return chain.folder[token.name]
    }

    @Test(arguments: [[], [0x16], [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00]] as [[UInt8]])
    func `a connection that stalls in the handshake is ended in time, and logged once`(_ bytes: [UInt8]) throws {
        let headquarters = try headquarters(chain)
        let port = try #require(headquarters.port)
        for _ in 0..<9 { #expect(try HandmadePeer(dialling: port, sayingPlainly: bytes).closeReason() != nil) }
        let lines = headquarters.lines.all("refused_connection")
        #expect(lines.map { $0["error"] } == ["handshake_timeout"], "\(lines)")
    }

    @Test func `a member of another chain is named on both sides, whoever dials`() throws {
        let other = try TestChain()
        let key = try PrivateKey()
        let foreign = try other.enrol(try other.invite("S001"), key)
        let token = try other.invite("S002")
        let (ours, theirs) = (try headquarters(chain), try headquarters(other))
        let authority = try NodeKeys.read(in: chain.path).authority
        for _ in 0..<3 {
            let stranger = try HandmadePeer(
                dialling: try #require(ours.port), .init(certificate: foreign, key: key), authority)
            #expect(stranger.closeReason()?.name == "certificate_unknown_authority")
        }
        let refusal = try #require(ours.lines.wait("refused_connection"))
        #expect(refusal["error"] == "certificate_unknown_authority", "\(refusal)")
        #expect(refusal["reason"]?.contains("the peer's certificate is of another chain's authority") ?? false, "\(refusal)")

        // A store of the other chain whose node.json names our HQ.
        let store = try RunningNode(try join(other, theirs, token), dialling: ours.port, clock: { TestChain.now })
        let failure = try #require(store.lines.wait("cannot_connect"))
        #expect(failure["error"] == "certificate_unknown_authority", "\(failure)")
        let told = ours.lines.wait("refused_connection") { $0["reason"]?.contains("our certificate") ?? false }
        #expect(told != nil)
        #expect(try store.eventually { $0.peers.map(\.error) == ["certificate_unknown_authority"] })
        let findings = try NodeDoctor(store.directory, systemClock: { TestChain.now }).findings()
        #expect(findings.contains { $0.contains("It belongs to another chain: check the address in node.json") })
        #expect(ours.lines.all("refused_connection").count == 2 && store.lines.all("cannot_connect").count == 1)
    }

    /// The two refused each other's customers for good, and a person was told to choose between the pasts.
    @Test func `two pasts of a third meet, the store gives way, and both nodes hold all`() throws {
        let token = try chain.invite("S001")
        var headquarters = try headquarters(chain)
        let path = try join(chain, headquarters, token)
        headquarters.stop()
        try bringPast(["C1", "C2"], to: chain.path)
        try bringPast(["C3"], to: path)
        headquarters = try self.headquarters(chain)
        let store = try RunningNode(path, dialling: headquarters.port, clock: { TestChain.now })
        let nodes = [headquarters, store]
        for node in nodes {
            let line = try #require(node.lines.wait("scope_suspended"))
            #expect(line["scope"] == "\(Scope(.customers))" && line["error"] == "forked", "\(line)")
        }
        for node in nodes {
            #expect(try node.eventually { $0.peers.contains { $0.suspended.isEmpty && $0.state == "in sync" } })
        }
        for node in nodes {
            node.stop()
            let replica = try ReplicaDirectory.open(at: node.directory).replica
            for customer in ["C1", "C2", "C3"] {
                let key = RetailSchema.customer(try #require(Identifier(customer)))
                #expect(!(try replica.record(key).cells.isEmpty), "\(customer) at \(node.directory)")
            }
        }
    }

    /// What one of two machines has done that both are member 2, in the same life.
    private func bringPast(_ customers: [String], to path: String) throws {
        let card = chain.founded.card
        let file = chain.folder["twin-\(customers[0])"]
        let twin = try Replica.create(
            at: file, identity: Identity(chain: card.chain, member: 2, incarnation: 7), epoch: TestChain.now,
            OpeningParameters(schema: RetailSchema.schema, digestKey: card.digestKey, run: .random()))
        for customer in customers {
            try twin.perform(at: TestChain.now) { transaction in
                try transaction.edit(
                    customer: try #require(Identifier(customer)), [(RetailSchema.Customer.phone, customer)], at: 2)
            }
        }
        let delta = try #require(try twin.delta(Scope(.customers), for: Cut()))
        try ReplicaDirectory.open(at: path).replica.join([delta], at: TestChain.now)
    }
}
