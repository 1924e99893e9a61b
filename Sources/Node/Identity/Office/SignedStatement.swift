internal import CRDT
internal import Net

/// What the chain's authority has signed: the signature, then what it signs.
///
/// Any member passes records on, and could make up what others have written. So what gives power in the chain counts because the
/// authority has signed it, whoever brings it: whoever only passes records on cannot make it, and whoever reads it needs nothing
/// but the authority's certificate.
struct SignedStatement {
    private static let signatureLimit = 256

    private let signature: [UInt8]
    let content: [UInt8]

    /// - Parameter kind: what the content is, so that no statement is taken for one of another kind.
    init(_ content: [UInt8], as kind: String, signedBy authority: CertificateAuthority) throws(IdentityError) {
        self.content = content
        signature = try made { () throws(CertificateError) in
            try authority.key.sign(Self.message(content, as: kind))
        }
    }

    /// - Returns: nil for bytes that are none. Whether the signature is the authority's is still to be checked.
    init?(_ bytes: [UInt8]) {
        let read = try? bytes.decoded { (reader) throws(CodecError) in
            (Array(try reader.readCounted(limit: Self.signatureLimit)), Array(try reader.readRaw(reader.remaining)))
        }
        guard let read else { return nil }
        (signature, content) = read
    }

    var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.write(counted: signature)
        writer.write(raw: content)
        return writer.bytes
    }

    func isSigned(as kind: String, by authority: PublicKey) -> Bool {
        authority.verify(signature, of: Self.message(content, as: kind))
    }

    private static func message(_ content: [UInt8], as kind: String) -> [UInt8] { Array("atoll \(kind) 1\n".utf8) + content }
}
