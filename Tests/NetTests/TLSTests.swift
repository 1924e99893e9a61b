import Net
import Testing

struct TLSTests {
    @Test func `two members talk, and each knows who the other is`() throws {
        let chain = try TestChain()
        let (server, client) = (try RunningLoop(echoes: true), try RunningLoop())
        let port = try server.listen(try chain.security(1))
        try client.connect(port, try chain.security(7))
        let (id, opening) = try client.log.waitForOpening()
        #expect(opening.peer?.member == 1 && opening.isInitiator)
        #expect(opening.applicationProtocol == "atoll/1")
        #expect(opening.peer?.chain == chain.authority.chain)
        let accepted = try server.log.waitForOpening().opening
        #expect(accepted.peer?.member == 7 && accepted.peer?.name == "store-7" && !accepted.isInitiator)
        let message = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try client.perform { _ = $0.send(message, on: id) }
        let back = try client.log.wait("the echo") { $0.receivedCount == message.count }
        #expect(back.received[id] == message)
        try client.perform { $0.close(id, afterFlush: true) }
        #expect(try client.log.waitForClosing() == .closedHere)
        #expect(try server.log.waitForClosing() == .peerClosed)
        #expect(client.stop() && server.stop())
    }
}
