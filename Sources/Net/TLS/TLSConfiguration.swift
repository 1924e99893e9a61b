/// What a side of TLS shows, trusts and speaks.
public struct TLSConfiguration: Sendable {
    public enum Trust: Sendable {
        case authority(Certificate)
        /// The authority's certificate comes along with the server's and must have this SHA-256 fingerprint: for a client
        /// that enrols and knows no more than its token.
        case pinned(fingerprint: [UInt8])
    }

    /// A certificate with its key, and the authority's to send along.
    public struct Credential: Sendable {
        public let certificate: Certificate
        public let key: PrivateKey
        /// Sent behind the certificate, so that a client that only knows a fingerprint can check it. nil saves its bytes.
        public let authority: Certificate?

        public init(certificate: Certificate, key: PrivateKey, authority: Certificate? = nil) {
            self.certificate = certificate
            self.key = key
            self.authority = authority
        }
    }

    /// An application protocol (ALPN).
    public struct ApplicationProtocol: Hashable, Sendable {
        /// 1 to 255 bytes.
        public let name: String
        /// Whether a server refuses clients without a certificate. A client ignores it.
        public let demandsCertificate: Bool

        public init(_ name: String, demandsCertificate: Bool = true) {
            precondition((1...255).contains(name.utf8.count), "a protocol's name has 1 to 255 bytes")
            self.name = name
            self.demandsCertificate = demandsCertificate
        }
    }

    /// nil for a client that enrols; a server has one.
    public var credential: Credential?
    public var trust: Trust
    /// What is offered or accepted, best first. Never empty: a side that offers none of these is refused.
    public var protocols: [ApplicationProtocol]
    /// Milliseconds since 1970: what certificates are checked against.
    public var clock: @Sendable () -> Int64

    public init(
        credential: Credential?, trust: Trust, protocols: [ApplicationProtocol],
        clock: @escaping @Sendable () -> Int64 = systemMilliseconds
    ) {
        precondition(!protocols.isEmpty, "somebody who speaks no protocol has nothing to connect for")
        self.credential = credential
        self.trust = trust
        self.protocols = protocols
        self.clock = clock
    }
}
