public import Net

/// The keys of a node and what they prove: the folder `keys` in its directory, which only its owner may enter.
///
/// `authority.pem` and `node.pem` are certificates. `node.key` is a private key that never leaves the machine; nor does
/// `authority.key`, which the registrar has, but with its office (`OfficeBundle`).
public struct NodeKeys: Sendable {
    public static let folderName = "keys"
    static let authorityName = "authority.pem"
    static let authorityKeyName = "authority.key"
    static let certificateName = "node.pem"
    static let keyName = "node.key"

    public let authority: Certificate
    public let certificate: Certificate
    public let key: PrivateKey

    /// - Throws: `IdentityError`, also if certificate and key do not belong together; `FileError`.
    public static func read(in directory: String) throws -> NodeKeys {
        let folder = try folder(in: directory)
        let authority = try certificate(at: folder + "/" + authorityName)
        let path = folder + "/" + certificateName
        let certificate = try certificate(at: path)
        let key = try key(at: folder + "/" + keyName)
        try check(path) { () throws(CertificateError) in
            guard try certificate.publicKey.der == key.publicKey.der else { throw .keyMismatch }
            return ()
        }
        return NodeKeys(authority: authority, certificate: certificate, key: key)
    }

    /// - Parameter directory: new; its folder of keys is made.
    func write(in directory: String) throws {
        let folder = directory + "/" + Self.folderName
        try DurableFile.makeDirectory(folder, mode: 0o700)
        let certificates = try made { () throws(CertificateError) in (try authority.pem, try certificate.pem) }
        try DurableFile.write(certificates.0, to: folder + "/" + Self.authorityName, mode: 0o644)
        try Self.write(key, to: folder + "/" + Self.keyName)
        try DurableFile.write(certificates.1, to: folder + "/" + Self.certificateName, mode: 0o644)
    }

    /// Puts a renewed certificate in the old one's place.
    func replaceCertificate(in directory: String) throws {
        let pem = try made { () throws(CertificateError) in try certificate.pem }
        try DurableFile.write(
            pem, to: "\(directory)/\(Self.folderName)/\(Self.certificateName)", mode: 0o644)
    }

    /// What this node shows to others.
    ///
    /// - Parameter sendsAuthority: for servers that enrol: a newcomer knows no more than the authority's fingerprint.
    public func credential(sendsAuthority: Bool) -> TLSConfiguration.Credential {
        TLSConfiguration.Credential(certificate: certificate, key: key, authority: sendsAuthority ? authority : nil)
    }
}

extension NodeKeys {
    /// The authority's certificate, which every node has; nil for a replica that never joined over the network.
    static func authorityCertificate(in directory: String) throws -> Certificate? {
        let path = "\(directory)/\(folderName)/\(authorityName)"
        guard case .file = try FileKind(path) else { return nil }
        return try certificate(at: path)
    }

    /// Whether this machine can issue certificates.
    static func hasAuthority(in directory: String) throws -> Bool {
        guard case .file = try FileKind("\(directory)/\(folderName)/\(authorityKeyName)") else { return false }
        return true
    }

    /// The authority, at whoever has its key.
    ///
    /// - Throws: `FileError.missing` at any other member.
    static func authority(in directory: String) throws -> CertificateAuthority {
        let folder = try folder(in: directory)
        let certificate = try certificate(at: folder + "/" + authorityName)
        let path = folder + "/" + authorityKeyName
        let key = try key(at: path)
        return try check(path) { () throws(CertificateError) in
            try CertificateAuthority(certificate: certificate, key: key)
        }
    }

    /// - Parameter directory: with a folder of keys.
    static func write(_ authority: CertificateAuthority, in directory: String) throws {
        try write(authority.key, to: "\(directory)/\(folderName)/\(authorityKeyName)")
    }

    static func write(_ key: PrivateKey, to path: String) throws {
        let pem = try made { () throws(CertificateError) in try key.pem }
        try DurableFile.write(pem, to: path, mode: 0o600)
    }

    static func key(at path: String) throws -> PrivateKey {
        let bytes = try DurableFile.read(path)
        return try check(path) { () throws(CertificateError) in try PrivateKey(pem: bytes) }
    }

    private static func certificate(at path: String) throws -> Certificate {
        let bytes = try DurableFile.read(path)
        return try check(path) { () throws(CertificateError) in try Certificate(pem: bytes) }
    }

    private static func folder(in directory: String) throws -> String {
        let folder = directory + "/" + folderName
        guard case .directory = try FileKind(folder) else { throw IdentityError.notANode(directory: directory) }
        return folder
    }

    private static func check<Value>(
        _ path: String, _ body: () throws(CertificateError) -> Value
    ) throws(IdentityError) -> Value {
        do {
            return try body()
        } catch {
            throw .unusable(path: path, error)
        }
    }
}

/// Makes a key, a request or a certificate; that fails only for want of memory, or if OpenSSL is not what it should be.
func made<Value>(_ body: () throws(CertificateError) -> Value) throws(IdentityError) -> Value {
    do {
        return try body()
    } catch {
        throw .notMade(error)
    }
}
