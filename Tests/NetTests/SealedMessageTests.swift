import Net
import Testing

@Suite struct SealedMessageTests {
    private let content = Array("what nobody else may read".utf8)

    private func issue(_ key: PrivateKey) throws -> Certificate {
        try TestChain().authority.issue(
            CertificateRequest(name: "HQ2", key: key), member: 2, name: "HQ2", notAfter: TestChain.now + TestChain.day,
            at: TestChain.now)
    }

    @Test func `only the key of the certificate opens what was sealed for it`() throws {
        let key = try PrivateKey()
        let certificate = try issue(key)
        let sealed = try SealedMessage.seal(content, for: certificate)
        #expect(try SealedMessage.open(sealed, with: key) == content)
        #expect(try SealedMessage.seal(content, for: certificate) != sealed)
        #expect(throws: CertificateError.keyMismatch) { try SealedMessage.open(sealed, with: PrivateKey()) }
        // The same key under a later certificate is the same recipient.
        let later = try SealedMessage.seal(content, for: try issue(key))
        #expect(try SealedMessage.open(later, with: key) == content)
    }

    @Test func `what was changed gives other words for nothing`() throws {
        let key = try PrivateKey()
        let sealed = try SealedMessage.seal(content, for: try issue(key))
        #expect(throws: CertificateError.self) { try SealedMessage.open([], with: key) }
        #expect(throws: CertificateError.self) { try SealedMessage.open(content, with: key) }
        for place in sealed.indices {
            var changed = sealed
            changed[place] ^= 1
            // What names the recipient's certificate may change: it is not looked at.
            if let opened = try? SealedMessage.open(changed, with: key) { #expect(opened == content, "byte \(place)") }
            if place < sealed.count - 40 {
                #expect(throws: CertificateError.self, "\(place) bytes") {
                    try SealedMessage.open(Array(sealed[..<place]), with: key)
                }
            }
        }
    }
}
