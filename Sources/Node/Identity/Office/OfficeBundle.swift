internal import CRDT
internal import Foundation
internal import Net
internal import Replica
internal import Sync

/// What goes along with the office and must not travel as data: the authority's key, and the invitations that are open.
///
/// It is a file that people carry, sealed for the key of the machine that is to hold the office: nobody else can read it, and
/// nobody needs a passphrase. It alone makes nobody registrar: that takes the grant, too, which travels as data.
struct OfficeBundle: Hashable {
    let chain: Hash128
    /// The number of the term that it belongs to.
    let term: UInt64
    let member: UInt32
    /// PEM.
    let authorityKey: [UInt8]
    let invitations: Invitations

    private struct Content: Codable {
        var version = 1
        var chain: String
        var term: UInt64
        var member: UInt32
        var authorityKey: String
        var invitations: Invitations.Content
    }

    func sealed(for recipient: Certificate) throws -> [UInt8] {
        let content = Content(
            chain: "\(chain)", term: term, member: member, authorityKey: String(decoding: authorityKey, as: UTF8.self),
            invitations: invitations.content)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let bytes = Array(try encoder.encode(content))
        return try made { () throws(CertificateError) in try SealedMessage.seal(bytes, for: recipient) }
    }

    /// - Throws: `OfficeError.unreadable` for what was not sealed for this key, or is no bundle.
    static func open(_ pem: [UInt8], with key: PrivateKey) throws(OfficeError) -> OfficeBundle {
        let bytes: [UInt8]
        do throws(CertificateError) {
            bytes = try SealedMessage.open(pem, with: key)
        } catch .malformed {
            throw .notABundle
        } catch {
            throw .sealedForAnother
        }
        guard let content = try? JSONDecoder().decode(Content.self, from: Data(bytes)) else { throw .notABundle }
        guard content.version == 1 else { throw .newerBundle(content.version) }
        guard let chain = Hash128(hexadecimal: content.chain),
            let invitations = try? Invitations(content.invitations, from: "the bundle")
        else { throw .notABundle }
        return OfficeBundle(
            chain: chain, term: content.term, member: content.member, authorityKey: Array(content.authorityKey.utf8),
            invitations: invitations)
    }
}
