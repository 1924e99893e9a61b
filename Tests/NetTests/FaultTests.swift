import FaultProxy
import Net
import Testing

/// Each fault of the proxy fires, and each makes a connection end for a reason with a name, or not at all.
struct FaultTests {
    private let chain: TestChain

    init() throws {
        chain = try TestChain()
    }

    /// A TLS connection through a proxy to a server that echoes.
    private struct Line {
        let server: RunningLoop
        let client: RunningLoop
        let proxy: FaultProxy
        let id: ConnectionID

        func send(_ bytes: [UInt8]) throws { try client.perform { [id] in _ = $0.send(bytes, on: id) } }

        func end() -> Bool {
            proxy.stop()
            return client.stop() && server.stop()
        }
    }

    private func line(_ faults: Faults = Faults()) throws -> Line {
        let (server, client) = (try RunningLoop(echoes: true), try RunningLoop())
        let proxy = try FaultProxy(to: try server.listen(try chain.security(1)), faults)
        try client.connect(proxy.port, try chain.security(7))
        let id = try client.log.waitForOpening().id
        _ = try server.log.waitForOpening()
        return Line(server: server, client: client, proxy: proxy, id: id)
    }

    /// Where in the client's bytes its handshake is surely over.
    private static let afterHandshake = 20_000

    /// A line on which something happens to the client's bytes once the handshake is over.
    private func spoiled(_ spoil: (inout LaneFaults) -> Void) throws -> Line {
        var faults = Faults()
        spoil(&faults.toServer)
        let line = try line(faults)
        try line.send([UInt8](repeating: 5, count: 2 * Self.afterHandshake))
        return line
    }

    @Test func `TLS does not mind single bytes`() throws {
        var lane = LaneFaults()
        lane.chunkBytes = 1
        let line = try line(Faults(bothWays: lane))
        let message = (0..<10_000).map { UInt8(truncatingIfNeeded: $0) }
        try line.send(message)
        let back = try line.client.log.wait("the echo") { $0.receivedCount == message.count }
        #expect(back.received[line.id] == message)
        #expect(line.end())
    }

    @Test func `a reset is told on both sides`() throws {
        let line = try line()
        line.proxy.cut(.reset)
        #expect(try line.client.log.waitForClosing() == .reset)
        #expect(try line.server.log.waitForClosing() == .reset)
        #expect(line.end())
    }

    @Test func `an end without a goodbye is told on both sides`() throws {
        let line = try line()
        line.proxy.cut(.finish)
        #expect(try line.client.log.waitForClosing() == .truncated)
        #expect(try line.server.log.waitForClosing() == .truncated)
        #expect(line.end())
    }

    @Test func `a cut falls after the byte that it is set to`() throws {
        let line = try spoiled {
            $0.cut = .finish
            $0.cutPlace = Self.afterHandshake
        }
        let end = try line.server.log.wait("an end") { !$0.closings.isEmpty }
        #expect(end.closings == [.truncated])
        #expect(end.receivedCount > 0 && end.receivedCount < Self.afterHandshake)
        #expect(line.end())
    }

    @Test func `a flipped bit ends the connection and is told on both sides`() throws {
        let line = try spoiled { $0.flips = [.init(place: Self.afterHandshake, bit: 3)] }
        guard case .corrupted = try line.server.log.waitForClosing() else {
            Issue.record("the server did not notice")
            return
        }
        guard case .corrupted = try line.client.log.waitForClosing() else {
            Issue.record("the client was not told")
            return
        }
        #expect(line.end())
    }

    @Test func `bytes that come twice end the connection`() throws {
        let line = try spoiled { $0.replay = .init((Self.afterHandshake - 100)..<Self.afterHandshake) }
        guard case .corrupted = try line.server.log.waitForClosing() else {
            Issue.record("the server did not notice")
            return
        }
        #expect(line.end())
    }

    @Test func `a one-way line brings the request and no answer, until it heals`() throws {
        let line = try line()
        var faults = Faults()
        faults.toClient.swallows = true
        line.proxy.set(faults)
        try line.send([1, 2, 3])
        _ = try line.server.log.wait("the request") { $0.receivedCount == 3 }
        // What was swallowed is missing for good, so that the next record cannot be deciphered.
        try line.client.perform { $0.close(line.id, afterFlush: true) }
        #expect(try line.server.log.waitForClosing() == .peerClosed)
        #expect(line.client.log.now.receivedCount == 0)
        #expect(line.end())
    }

    @Test func `what a line holds comes whole when it lets go`() throws {
        let line = try line()
        var faults = Faults()
        faults.toClient.holds = true
        line.proxy.set(faults)
        try line.send([1, 2, 3])
        _ = try line.server.log.wait("the request") { $0.receivedCount == 3 }
        #expect(line.client.log.now.receivedCount == 0)
        line.proxy.set(Faults())
        let back = try line.client.log.wait("the echo") { $0.receivedCount == 3 }
        #expect(back.received[line.id] == [1, 2, 3] && back.closings.isEmpty)
        #expect(line.end())
    }

    @Test func `who has dialled a stranded line is told, and the other end believes in it`() throws {
        let line = try line()
        line.proxy.strand()
        #expect(try line.client.log.waitForClosing() == .reset)
        #expect(line.server.log.now.closings.isEmpty)
        try line.client.connect(line.proxy.port, try chain.security(7))
        let both = try line.server.log.wait("another connection") { $0.openings.count == 2 }
        #expect(both.closings.isEmpty)
        #expect(line.end())
    }

    @Test func `a refused connection is an attempt that failed`() throws {
        let (server, client) = (try RunningLoop(), try RunningLoop())
        var faults = Faults()
        faults.refusesConnections = true
        let proxy = try FaultProxy(to: try server.listen(try chain.security(1)), faults)
        try client.connect(proxy.port, try chain.security(7))
        #expect([.reset, .truncated].contains(try client.log.waitForFailure()))
        #expect(proxy.connectionCount == 0)
        proxy.stop()
        #expect(client.stop() && server.stop())
    }

    @Test func `a handshake that stalls is ended on both sides, each by its own patience`() throws {
        var options = EventLoopOptions()
        (options.handshakeTimeoutMilliseconds, options.answerTimeoutMilliseconds) = (50, 60)
        let (server, client) = (try RunningLoop(options), try RunningLoop(options))
        var lane = LaneFaults()
        lane.swallows = true
        let proxy = try FaultProxy(to: try server.listen(try chain.security(1)), Faults(bothWays: lane))
        try client.connect(proxy.port, try chain.security(7))
        #expect(try client.log.waitForFailure() == .handshakeTimeout(milliseconds: 60))
        #expect(try server.log.waitForRefusal() == .handshakeTimeout(milliseconds: 50))
        proxy.stop()
        #expect(client.stop() && server.stop())
    }

    @Test func `a peer that takes nothing is not waited for beyond the deadline`() throws {
        var options = EventLoopOptions()
        options.flushTimeoutMilliseconds = 50
        let (server, client) = (try RunningLoop(), try RunningLoop(options))
        try client.connect(try server.listen(.plain), .plain)
        let (id, accepted) = (try client.log.waitForOpening().id, try server.log.waitForOpening().id)
        try server.perform { $0.pauseReading(accepted) }
        try client.perform { loop in
            loop.send([UInt8](repeating: 0, count: 32 << 20), on: id)
            loop.close(id, afterFlush: true)
        }
        #expect(try client.log.waitForClosing() == .timedOut(.flush))
        #expect(client.stop(flushMilliseconds: 0) && server.stop(flushMilliseconds: 0))
    }
}
