import CRDT
import Foundation
import Net
import Node
import Replica
import Sync
import Testing

/// Members with good certificates that do not keep to the protocol: HQ names what is wrong to both sides, once, and goes on.
@Suite struct HostilePeerTests {
    private let chain: TestChain
    private let headquarters: RunningNode
    private let credential: TLSConfiguration.Credential
    private let authority: Certificate

    init() throws {
        chain = try TestChain()
        let key = try PrivateKey()
        credential = .init(certificate: try chain.enrol(try chain.invite("S001"), key), key: key)
        authority = try NodeKeys.read(in: chain.path).authority
        var bounds = SessionBounds()
        bounds.openingMilliseconds = 2_000
        bounds.frameMilliseconds = 500
        bounds.acknowledgementMilliseconds = 500
        headquarters = try RunningNode(chain.path, bounds: bounds, clock: { TestChain.now })
    }

    private func peer(saying bytes: [UInt8] = [], _ conversation: Conversation? = nil) throws -> HandmadePeer {
        let port = try #require(headquarters.port)
        return try HandmadePeer(dialling: port, credential, authority, saying: bytes, conversation)
    }

    private func replica() throws -> ReplicaDirectory {
        let card = ReplicaCard(
            chain: chain.founded.card.chain, member: 1, name: "S001", digestKey: chain.founded.card.digestKey)
        return try ReplicaDirectory.create(at: chain.folder["S001"], card, epoch: TestChain.now)
    }

    /// What HQ's log says of a session that has ended.
    private func expectEnd(_ name: String, _ words: String, of peer: HandmadePeer) throws {
        let told = try #require(peer.lastWords())
        #expect(told.contains(words), "\(told)")
        let line = try #require(headquarters.lines.wait("session_ended"))
        #expect(line["error"] == name && line["about"] == "member 1" && line["detail"]?.contains(words) ?? false, "\(line)")
        peer.stop()
        #expect(try headquarters.status.peers.map(\.error) == [name])
    }

    @Test(arguments: [
        ([0xEF, 0xFF, 0xFF, 0xFF], "oversized", "a frame is longer than"),
        ([0xFF, 0xFF, 0xFF, 0xFF], "oversized", "a frame is longer than"),
        ([0], "malformed", "breaks the protocol's grammar"),
        ([5, FrameKind.hello.rawValue, 1, 2, 3, 4], "malformed", "breaks the protocol's grammar"),
        (Frame.push([1, 2, 3]).bytes, "unexpected", "may not come now"),
        (Frame.end.bytes, "unexpected", "may not come now"),
        ([], "timed_out", "the session was not open in time"),
        ([0x20], "timed_out", "a frame did not come whole in time"),
        ([0x20, FrameKind.hello.rawValue], "timed_out", "a frame did not come whole in time"),
    ])
    func `what is no session is ended by name`(_ bytes: [UInt8], _ name: String, _ words: String) throws {
        try expectEnd(name, words, of: try peer(saying: bytes))
    }

    @Test func `a member that takes another's name is ended`() throws {
        let directory = try replica()
        let conversation = try Conversation(directory.replica, as: Origin(member: 2, incarnation: 5))
        try expectEnd("impostor", "member 1 says that it is member 2", of: try peer(conversation))
    }

    @Test func `a member that never acknowledges is ended, and gets everything the next time`() throws {
        let directory = try replica()
        let deaf = try Conversation(directory.replica) { if case .join = $0 { true } else { false } }
        try headquarters.edit("C1")
        try expectEnd("timed_out", "was not acknowledged in time", of: try peer(deaf))
    }
}
