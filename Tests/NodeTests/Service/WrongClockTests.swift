import Foundation
import Net
import Node
import Replica
import Sync
import Testing

/// A store whose clock shows 2035.
@Suite struct WrongClockTests {
    private let chain: TestChain
    private let clock = TestClock(TestChain.now)
    private let headquarters: RunningNode
    private var store: String { chain.folder["S001"] }
    private static let years = 9 * 365 * TestChain.day

    init() throws {
        chain = try TestChain()
        let token = try chain.invite("S001")
        headquarters = try RunningNode(chain.path, clock: { TestChain.now })
        let address = try NodeAddress.test("127.0.0.1:\(try #require(headquarters.port))")
        _ = try Joining.join(token.at(address), at: store, clock: { TestChain.now })
    }

    private func member() throws -> RunningNode {
        var bounds = SessionBounds()
        bounds.pingMilliseconds = 200
        let clock = clock
        return try RunningNode(
            store, dialling: headquarters.port, bounds: bounds, clock: { clock.milliseconds })
    }

    @Test func `in a session it is corrected towards HQ's, and stamps are right, also after a start`() throws {
        var member = try member()
        _ = try #require(member.lines.wait("in_session"))
        clock.milliseconds += Self.years
        let corrected = try #require(member.lines.wait("clock_corrected"))
        #expect(corrected["about"] == "clock", "\(corrected)")
        #expect(try member.eventually { abs($0.clockCorrectionMilliseconds + Self.years) < 5_000 })
        member.stop()
        member = try self.member()
        _ = try #require(headquarters.lines.wait("in_session", count: 2))
        try member.edit("C1")
        #expect(try headquarters.eventually { $0.sum == (try? member.status.sum) })
        for node in [headquarters, member] { #expect(try node.status.stampsAhead == []) }
    }

    @Test func `from the start on it is refused, works on, and what it wrote moves nobody's clock`() throws {
        clock.milliseconds += Self.years
        var member = try member()
        let refused = try #require(member.lines.wait("cannot_connect"))
        #expect(refused["error"] == "certificate_expired", "\(refused)")
        #expect(refused["reason"]?.contains("the peer's certificate has expired") ?? false, "\(refused)")
        let told = try #require(headquarters.lines.wait("refused_connection"))
        #expect(told["error"] == "certificate_expired", "\(told)")
        try member.edit("C1")
        let systemClock = clock
        let found = try NodeDoctor(store, systemClock: { systemClock.milliseconds }).findings().joined(separator: "\n")
        #expect(
            found.contains("here it is 2034-12-30T00:00:00Z") && found.contains("If this clock is wrong, set it."), "\(found)")
        member.stop()

        clock.milliseconds -= Self.years
        member = try self.member()
        for node in [headquarters, member] {
            #expect(try node.eventually { Set($0.stampsAhead.map(\.member)) == [1] })
            let said = try NodeDoctor(node.directory, systemClock: { TestChain.now }).findings().joined(separator: "\n")
            #expect(said.contains("S001 has written with a clock that runs"), "\(said)")
        }
        // It has moved nobody's clock but its own.
        try headquarters.edit("C2")
        #expect(try headquarters.status.stampsAhead.allSatisfy { $0.member == 1 })
    }
}
