import Foundation
import Net
import Node
import Replica
import Testing

/// Certificates of running nodes, whose clocks the tests set.
@Suite struct RenewalServiceTests {
    private let chain: TestChain
    private let clock = TestClock(TestChain.now)
    private var store: String { chain.folder["S001"] }

    init() throws { chain = try TestChain() }

    private func node(_ path: String, dialling peer: UInt16? = nil, at port: UInt16 = 0) throws -> RunningNode {
        let clock = clock
        return try RunningNode(path, dialling: peer, listening: port, clock: { clock.milliseconds })
    }

    /// Enrols the store with a running HQ, or certifies it again.
    @discardableResult
    private func join(_ headquarters: RunningNode, _ token: InviteToken) throws -> Joining.Joined {
        let port = try #require(headquarters.port)
        let clock = clock
        return try Joining.join(token.at(try .test("127.0.0.1:\(port)")), at: store, clock: { clock.milliseconds })
    }

    private func findings(_ path: String) throws -> String {
        let clock = clock
        return try NodeDoctor(path, systemClock: { clock.milliseconds }).findings().joined(separator: "\n")
    }

    @Test func `certificates are renewed under a live session, which goes on`() throws {
        let token = try chain.invite("S001")
        let headquarters = try node(chain.path)
        try join(headquarters, token)
        let before = try [chain.path, store].map { try NodeKeys.read(in: $0) }
        let member = try node(store, dialling: headquarters.port)
        for node in [headquarters, member] { _ = try #require(node.lines.wait("in_session")) }
        clock.milliseconds = TestChain.now + 61 * TestChain.day
        for node in [headquarters, member] { _ = try #require(node.lines.wait("certificate_renewed")) }
        try member.edit("C1")
        for event in ["session_ended", "line_lost"] { #expect(member.lines.all(event) == [], "\(event)") }
        #expect(headquarters.lines.all("renewed").map { $0["name"] } == ["S001"])
        let after = try [chain.path, store].map { try NodeKeys.read(in: $0) }
        for (before, after) in zip(before, after) {
            #expect(try before.key.publicKey.der == after.key.publicKey.der)
            #expect(try after.certificate.validity.upperBound > before.certificate.validity.upperBound)
        }
        #expect(try member.status.certificateExpires == after[1].certificate.validity.upperBound)

        // When the first ones have ended, the next handshake shows the new ones, on both sides.
        clock.milliseconds = TestChain.now + 100 * TestChain.day
        member.stop()
        let again = try node(store, dialling: headquarters.port)
        _ = try #require(again.lines.wait("in_session"))
        _ = try #require(headquarters.lines.wait("in_session", count: 2))
        #expect(try findings(store) == "")
    }

    @Test func `a store that cannot reach HQ asks again, and at once when a session shows that it can`() throws {
        let token = try chain.invite("S001")
        let headquarters = try node(chain.path)
        try join(headquarters, token)
        let port = try #require(headquarters.port)
        headquarters.stop()
        clock.milliseconds = TestChain.now + 88 * TestChain.day
        let member = try node(store, dialling: port)
        let failure = try #require(member.lines.wait("cannot_renew"))
        #expect(failure["reason"]?.contains("HQ is not reachable at 127.0.0.1:\(port)") ?? false, "\(failure)")
        #expect(try member.status.renewalFailure != nil)
        let found = try findings(store)
        #expect(
            found.contains("The certificate ends in 1 days") || found.contains("The certificate ends in 2 days"), "\(found)")
        #expect(found.contains("could not be renewed"), "\(found)")
        let back = try node(chain.path, at: port)
        _ = try #require(member.lines.wait("certificate_renewed"))
        #expect(back.lines.all("renewed").count == 1 && member.lines.all("cannot_renew").count == 1)
        #expect(try member.status.renewalFailure == nil)
    }

    @Test func `a store whose certificate has ended works on, and both sides say once why it does not sync`() throws {
        let token = try chain.invite("S001")
        let founded = try node(chain.path)
        try join(founded, token)
        founded.stop()
        // Off for months: HQ, too, mends its own certificate only now.
        clock.milliseconds = TestChain.now + 91 * TestChain.day
        let headquarters = try node(chain.path)
        _ = try #require(headquarters.lines.wait("certificate_renewed"))
        let member = try node(store, dialling: headquarters.port)
        let refused = try #require(headquarters.lines.wait("refused_connection"))
        #expect(refused["error"] == "certificate_expired")
        #expect(refused["reason"]?.contains("the peer's certificate has expired") ?? false, "\(refused)")
        let told = member.lines.wait("line_lost") { $0["reason"]?.contains("our certificate has expired") ?? false }
        #expect(try #require(told)["error"] == "certificate_expired")
        let once = try #require(member.lines.wait("certificate_expired"))
        #expect(once["until"] == "2026-04-01T00:00:00Z", "\(once)")
        try member.edit("C1")
        #expect(try member.status.transactions == 1)
        #expect(try member.status.peers.map(\.error) == ["certificate_expired"])
        for event in ["certificate_expired", "line_lost", "cannot_renew"] {
            #expect(member.lines.all(event).count == (event == "cannot_renew" ? 0 : 1), "\(event)")
        }
        let found = try findings(store)
        #expect(found.contains("run at HQ: atoll invite S001 --replace"), "\(found)")
        #expect(found.contains("atoll join TOKEN --dir \(store)"), "\(found)")
    }

    @Test func `a store whose certificate has ended joins again where it is, while it sells, and HQ gets all of that`() throws {
        let token = try chain.invite("S001")
        let founded = try node(chain.path)
        try join(founded, token)
        #expect(throws: NodeError.occupied(path: store)) { try join(founded, token) }
        founded.stop()
        clock.milliseconds = TestChain.now + 91 * TestChain.day
        let again = try chain.invite("S001", replaces: true, at: clock.milliseconds)
        let headquarters = try node(chain.path)
        let member = try node(store, dialling: headquarters.port)
        _ = try #require(member.lines.wait("certificate_expired"))
        try member.edit("C1")
        let origin = try member.status.origin
        _ = try #require(headquarters.lines.wait("certificate_renewed"))
        #expect(throws: EnrolmentError.refused(.unknownToken)) { try join(headquarters, token) }
        #expect(try join(headquarters, again).wasExpired)
        for node in [headquarters, member] { _ = try #require(node.lines.wait("in_session")) }
        #expect(try member.status.origin == origin)
        let arrived = try headquarters.eventually { $0.peers.first?.state == "in sync" && $0.sum == (try? member.status.sum) }
        #expect(arrived)
        #expect(try findings(store) == "")
        // The token of one's own is worth nothing to another machine.
        let clock = clock
        let address = try NodeAddress.test("127.0.0.1:\(try #require(headquarters.port))")
        #expect(throws: EnrolmentError.refused(.usedElsewhere)) {
            try Joining.join(again.at(address), at: chain.folder["other"], clock: { clock.milliseconds })
        }
    }

    @Test func `HQ whose clock ran ahead mends its certificate when the clock is right again`() throws {
        let token = try chain.invite("S001")
        let founded = try node(chain.path)
        try join(founded, token)
        founded.stop()
        clock.milliseconds = TestChain.now + 9 * 365 * TestChain.day
        let ahead = try node(chain.path)
        _ = try #require(ahead.lines.wait("certificate_renewed"))
        try ahead.edit("C1")
        ahead.stop()
        clock.milliseconds = TestChain.now + TestChain.day
        let headquarters = try node(chain.path)
        _ = try #require(headquarters.lines.wait("certificate_renewed"))
        #expect(headquarters.lines.all("certificate_not_yet_valid").count == 1)
        let member = try node(store, dialling: headquarters.port)
        _ = try #require(member.lines.wait("in_session"))
        // What it wrote then is stamped so, and both sides say so.
        for node in [headquarters, member] {
            #expect(try node.eventually { Set($0.stampsAhead.map(\.member)) == [0] })
            #expect(try findings(node.directory).contains("HQ has written with a clock that runs"))
        }
    }
}
