import Net
import Testing

struct CertificateTests {
    private let chain: TestChain
    private let credential: TLSConfiguration.Credential

    init() throws {
        chain = try TestChain()
        credential = try chain.credential(12)
    }

    private var later: Int64 { TestChain.now + TestChain.day }

    @Test func `a certificate names its member, and survives PEM and DER`() throws {
        let identity = try credential.certificate.identity
        #expect(identity.chain == ChainID(high: 0xfeed, low: 1) && identity.member == 12 && identity.name == "store-12")
        #expect(identity.validity == (TestChain.now - 3_600_000)...(TestChain.now + 30 * TestChain.day))
        #expect((15...16).contains(identity.serial.count))
        #expect(identity.publicKeyFingerprint == (try credential.key.publicKey.fingerprint))
        #expect(try Certificate(pem: credential.certificate.pem).identity == identity)
        #expect(try Certificate(der: identity.certificate).identity == identity)
        #expect(try credential.certificate.check(issuedBy: chain.authority.certificate, at: later) == identity)
    }

    @Test func `a name may be Chinese, but neither empty nor long`() throws {
        let key = try PrivateKey()
        let request = try CertificateRequest(name: "门店", key: key)
        func issue(_ name: String) throws -> Certificate {
            try chain.authority.issue(request, member: 1, name: name, notAfter: later, at: TestChain.now)
        }
        #expect(try issue("海淀门店").identity.name == "海淀门店")
        #expect(throws: CertificateError.nameLength(0, limit: 64)) { try issue("") }
        #expect(throws: CertificateError.nameLength(65, limit: 64)) { try issue(String(repeating: "a", count: 65)) }
    }

    @Test func `a certificate is refused before and after its time`() throws {
        let (certificate, authority) = (credential.certificate, chain.authority.certificate)
        let validity = try certificate.validity
        #expect(throws: CertificateError.notYetValid(notBefore: validity.lowerBound, now: validity.lowerBound - 1)) {
            try certificate.check(issuedBy: authority, at: validity.lowerBound - 1)
        }
        #expect(throws: CertificateError.expired(notAfter: validity.upperBound, now: validity.upperBound + 1_000)) {
            try certificate.check(issuedBy: authority, at: validity.upperBound + 1_000)
        }
        #expect(throws: CertificateError.validity(notBefore: later, notAfter: later - TestChain.day)) {
            try chain.credential(1, notAfter: later - TestChain.day, at: later)
        }
    }

    @Test func `another chain's authority, even of the same name, issued nothing here`() throws {
        for other in [try TestChain(2), try TestChain()] {
            #expect(throws: CertificateError.self) {
                try credential.certificate.check(issuedBy: other.authority.certificate, at: later)
            }
        }
    }

    @Test func `an authority is no member, and no authority for members of its own`() throws {
        #expect(throws: CertificateError.self) { try chain.authority.certificate.identity }
        #expect(throws: CertificateError.self) {
            try CertificateAuthority(certificate: credential.certificate, key: credential.key)
        }
        #expect(throws: CertificateError.keyMismatch) {
            try CertificateAuthority(certificate: chain.authority.certificate, key: credential.key)
        }
        let again = try CertificateAuthority(
            certificate: Certificate(pem: chain.authority.certificate.pem), key: PrivateKey(pem: chain.authority.key.pem))
        #expect(again.chain == chain.authority.chain)
    }

    @Test func `a request that its key did not sign is not granted`() throws {
        var der = try CertificateRequest(name: "a", key: try PrivateKey()).der
        der[der.count - 1] ^= 1
        let request = try CertificateRequest(der: der)
        #expect(throws: CertificateError.badSignature) {
            try chain.authority.issue(request, member: 1, name: "a", notAfter: later, at: TestChain.now)
        }
    }

    @Test func `no flipped byte of a certificate crashes anything, or passes`() throws {
        let der = try credential.certificate.der
        for place in der.indices {
            for mask in [UInt8(0x01), 0x80, 0xff] {
                var damaged = der
                damaged[place] ^= mask
                #expect(throws: CertificateError.self, "byte \(place), mask \(mask)") {
                    let certificate = try Certificate(der: damaged)
                    try certificate.check(issuedBy: chain.authority.certificate, at: later)
                }
            }
        }
    }

    @Test func `neither part of a certificate nor more than one is read`() throws {
        let der = try credential.certificate.der
        for count in der.indices {
            #expect(throws: CertificateError.self) { try Certificate(der: Array(der.prefix(count))) }
        }
        #expect(throws: CertificateError.malformed(.certificate, reason: "1 bytes follow")) {
            try Certificate(der: der + [0])
        }
        #expect(throws: CertificateError.self) { try PrivateKey(pem: Array("-----BEGIN PRIVATE KEY-----".utf8)) }
    }

    @Test func `a signature holds for its message and its key alone`() throws {
        let message = Array("head of the chain".utf8)
        let signature = try credential.key.sign(message)
        let key = try credential.certificate.publicKey
        #expect(key.verify(signature, of: message))
        #expect(!key.verify(signature, of: message + [0]))
        #expect(!(try PrivateKey().publicKey.verify(signature, of: message)))
        for place in signature.indices {
            var damaged = signature
            damaged[place] ^= 1
            #expect(!key.verify(damaged, of: message), "byte \(place)")
        }
        #expect(!key.verify([], of: message))
        let copy = try PrivateKey(pem: credential.key.pem)
        #expect(key.verify(try copy.sign([]), of: []))
        #expect(try PublicKey(der: key.der).verify(signature, of: message))
    }
}
