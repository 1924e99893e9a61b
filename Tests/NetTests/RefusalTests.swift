import FaultProxy
import Net
import Testing

/// Who is refused, and what both sides are told about it.
struct RefusalTests {
    private let chain: TestChain

    init() throws {
        chain = try TestChain()
    }

    /// Connects, and waits until both sides know why it came to nothing.
    private func outcome(server: Security, client: Security) throws -> (server: CloseReason?, client: CloseReason?) {
        let (serving, connecting) = (try RunningLoop(), try RunningLoop())
        try connecting.connect(try serving.listen(server), client)
        // TLS 1.3 lets a client speak before it learns that the server refuses it.
        let theirs = try connecting.log.wait("an end at the client") { !$0.failures.isEmpty || !$0.closings.isEmpty }
        let ours = try serving.log.wait("an end at the server") { !$0.refusals.isEmpty }
        #expect(connecting.stop() && serving.stop())
        return (ours.refusals.first, theirs.failures.first ?? theirs.closings.first)
    }

    private func tls(
        _ credential: TLSConfiguration.Credential?, _ protocols: [TLSConfiguration.ApplicationProtocol] = [TestChain.sync],
        trust: TLSConfiguration.Trust? = nil, at time: Int64 = TestChain.now + TestChain.day
    ) throws -> Security {
        .tls(try chain.context(credential, trust: trust, protocols: protocols, at: time))
    }

    @Test func `a client's expired certificate is named on both sides`() throws {
        let end = TestChain.now + 3_600_000
        let client = try tls(try chain.credential(7, notAfter: end))
        let reasons = try outcome(server: try chain.security(1), client: client)
        #expect(
            reasons.server == .certificateExpired(.theirs, notAfter: end, now: TestChain.now + TestChain.day))
        #expect(reasons.client == .certificateExpired(.ours, notAfter: 0, now: 0))
    }

    @Test func `a server's expired certificate is named on both sides`() throws {
        let end = TestChain.now + 3_600_000
        let server = try tls(try chain.credential(1, notAfter: end))
        let reasons = try outcome(server: server, client: try chain.security(7))
        #expect(
            reasons.client == .certificateExpired(.theirs, notAfter: end, now: TestChain.now + TestChain.day))
        #expect(reasons.server == .certificateExpired(.ours, notAfter: 0, now: 0))
    }

    @Test func `a certificate of the future is named on both sides`() throws {
        let begin = TestChain.now + 10 * TestChain.day
        let client = try tls(try chain.credential(7, at: begin))
        let reasons = try outcome(server: try chain.security(1), client: client)
        #expect(
            reasons.server
                == .certificateNotYetValid(
                    .theirs, notBefore: begin - CertificateAuthority.backdatingMilliseconds,
                    now: TestChain.now + TestChain.day))
        #expect(reasons.client == .certificateNotYetValid(.ours, notBefore: 0, now: 0))
    }

    @Test func `a member of another chain is named on both sides, whoever it is`() throws {
        let other = try TestChain(2)
        let stranger = try tls(try other.credential(7))
        let asClient = try outcome(server: try chain.security(1), client: stranger)
        #expect(asClient.server == .certificateUnknownAuthority(.theirs, issuer: "/CN=Chain 2"))
        #expect(asClient.client == .certificateUnknownAuthority(.ours, issuer: ""))
        let asServer = try outcome(server: stranger, client: try chain.security(7))
        #expect(asServer.client == .certificateUnknownAuthority(.theirs, issuer: "/CN=Chain 2"))
        #expect(asServer.server == .certificateUnknownAuthority(.ours, issuer: ""))
    }

    @Test func `a client without a certificate may enrol and nothing else`() throws {
        let protocols = [TestChain.sync, TestChain.enrol]
        let server = try tls(try chain.credential(1), protocols)
        let reasons = try outcome(server: server, client: try tls(nil))
        #expect(reasons.server == .certificateMissing(.theirs))
        #expect(reasons.client == .certificateMissing(.ours))
    }

    @Test func `a certificate that names no member is refused`() throws {
        let authority = chain.authority
        let unnamed = TLSConfiguration.Credential(certificate: authority.certificate, key: authority.key)
        let reasons = try outcome(server: try chain.security(1), client: try tls(unnamed))
        guard case .certificateNotAtoll(.theirs, _) = reasons.server else {
            Issue.record("the server said \(String(describing: reasons.server))")
            return
        }
        #expect(reasons.client == .certificateNotAtoll(.ours, found: []))
    }

    @Test func `another member than expected is not talked to`() throws {
        let reasons = try outcome(server: try chain.security(1), client: try chain.security(7, expecting: 2))
        #expect(reasons.client == .unexpectedPeer(.theirs, member: 1))
        #expect(reasons.server == .unexpectedPeer(.ours, member: nil))
    }

    @Test func `two sides without a common protocol part by name`() throws {
        let client = try tls(try chain.credential(7), [.init("atoll/2")])
        let reasons = try outcome(server: try chain.security(1), client: client)
        #expect(reasons.server == .protocolMismatch(ours: ["atoll/1"]))
        #expect(reasons.client == .protocolMismatch(ours: ["atoll/2"]))
    }

    @Test func `a client that enrols knows the authority by its fingerprint`() throws {
        let protocols = [TestChain.sync, TestChain.enrol]
        let serving = try RunningLoop()
        let port = try serving.listen(try tls(try chain.credential(1), protocols))
        let connecting = try RunningLoop()
        let pin = TLSConfiguration.Trust.pinned(fingerprint: try chain.authority.certificate.fingerprint)
        try connecting.connect(port, try tls(nil, [TestChain.enrol], trust: pin))
        let opening = try connecting.log.waitForOpening().opening
        #expect(opening.peer?.member == 1 && opening.applicationProtocol == "atoll-enrol/1")
        #expect(try serving.log.waitForOpening().opening.peer == nil)
        #expect(connecting.stop() && serving.stop())
    }

    @Test func `another fingerprint than the token's is refused`() throws {
        let pin = TLSConfiguration.Trust.pinned(fingerprint: try TestChain(2).authority.certificate.fingerprint)
        let server = try tls(try chain.credential(1), [TestChain.enrol])
        let reasons = try outcome(server: server, client: try tls(nil, [TestChain.enrol], trust: pin))
        #expect(reasons.client == .certificateUnknownAuthority(.theirs, issuer: "/CN=Chain 1"))
        #expect(reasons.server == .certificateUnknownAuthority(.ours, issuer: ""))
    }

    @Test func `another protocol on the port is named with how it began`() throws {
        let (serving, connecting) = (try RunningLoop(), try RunningLoop())
        try connecting.connect(try serving.listen(try chain.security(1)), .plain)
        let id = try connecting.log.waitForOpening().id
        try connecting.perform { _ = $0.send(Array("GET / HTTP/1.1\r\n\r\n".utf8), on: id) }
        #expect(try serving.log.waitForRefusal() == .notTLS(firstBytes: Array("GET / HT".utf8)))
        #expect(try connecting.log.waitForClosing() == .peerClosed)
        #expect(connecting.stop() && serving.stop())
    }

    @Test func `a server that does not speak TLS is named by the client`() throws {
        let (serving, connecting) = (try RunningLoop(echoes: true), try RunningLoop())
        let proxy = try FaultProxy(to: try serving.listen(.plain), Self.firstByteFlipped)
        try connecting.connect(proxy.port, try chain.security(7))
        guard case .notTLS(let bytes) = try connecting.log.waitForFailure() else {
            Issue.record("it was taken for TLS")
            return
        }
        #expect(bytes.first == UInt8(22 ^ 64))
        proxy.stop()
        #expect(connecting.stop() && serving.stop())
    }

    /// An echo of the client's own greeting, made to look like no TLS at all.
    private static var firstByteFlipped: Faults {
        var faults = Faults()
        faults.toClient.flips = [.init(place: 0, bit: 6)]
        return faults
    }

    @Test func `a renewed certificate is shown to whoever comes after`() throws {
        let (serving, connecting) = (try RunningLoop(), try RunningLoop())
        let first = try chain.credential(1)
        let context = try chain.context(first)
        let port = try serving.listen(.tls(context))
        try connecting.connect(port, try chain.security(7))
        _ = try connecting.log.waitForOpening()
        let second = try chain.credential(1)
        #expect(throws: CertificateError.keyMismatch) {
            try context.replace(.init(certificate: second.certificate, key: first.key))
        }
        try context.replace(second)
        try connecting.connect(port, try chain.security(7))
        let openings = try connecting.log.wait("the second opening") { $0.openings.count == 2 }.openings
        #expect(openings[0].opening.peer?.certificate == (try first.certificate.der))
        #expect(openings[1].opening.peer?.certificate == (try second.certificate.der))
        #expect(connecting.log.now.closings.isEmpty)
        #expect(connecting.stop() && serving.stop())
    }
}
