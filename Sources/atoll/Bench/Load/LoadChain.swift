import CRDT
import Foundation
import Net
import Node
import Replica
import Retail

/// A chain for benchmarks of the running service: HQ's directory, as `atoll init` makes it, and the means to make stores of it.
final class LoadChain {
    let folder: BenchFolder
    let card: ReplicaCard
    let port: UInt16
    /// HQ's directory, of which runs use copies.
    let template: String
    private let authority: CertificateAuthority
    private let began = wallClockMilliseconds()

    init() throws {
        folder = try BenchFolder()
        port = try freePort()
        guard let address = NodeAddress("127.0.0.1:\(port)") else { throw BenchError.childFailed("no address") }
        template = folder.path("template")
        card = try Founding.found(at: template, listen: address, address: address, at: began).card
        let keys = URL(filePath: template + "/keys")
        authority = try CertificateAuthority(
            certificate: Certificate(pem: Array(try Data(contentsOf: keys.appending(path: "authority.pem")))),
            key: PrivateKey(pem: Array(try Data(contentsOf: keys.appending(path: "authority.key")))))
    }

    /// A fresh copy of HQ's directory.
    func headquarters(_ name: String) throws -> String {
        try folder.copy("template", to: name)
        return folder.path(name)
    }

    /// A certificate with a key that nobody else has.
    func certificate(of member: UInt32) throws -> (certificate: Certificate, key: PrivateKey) {
        let (name, day) = ("S\(member)", Int64(86_400_000))
        let key = try PrivateKey()
        let certificate = try authority.issue(
            CertificateRequest(name: name, key: key), member: member, name: name, notAfter: began + 365 * day, at: began)
        return (certificate, key)
    }

    /// What a store shows when it dials.
    func security(of certificate: Certificate, _ key: PrivateKey) throws -> Security {
        let configuration = TLSConfiguration(
            credential: .init(certificate: certificate, key: key), trust: .authority(authority.certificate),
            protocols: [.init("atoll/1")])
        return .tls(try TLSContext(configuration), expecting: PeerExpectation(member: 0))
    }

    /// An empty replica of the chain.
    ///
    /// - Parameter vfs: of a disk in memory; nil for the system's files, and then `path` lies in the chain's folder.
    func replica(of member: UInt32, at path: String, vfs: String? = nil, cacheKiB: Int = 65_536) throws -> Replica {
        var parameters = OpeningParameters.bench(cacheKiB: cacheKiB)
        (parameters.digestKey, parameters.vfs) = (card.digestKey, vfs)
        let identity = Identity(chain: card.chain, member: member, incarnation: UInt64(member) + 1)
        return try Replica.create(
            at: vfs == nil ? folder.path(path) : path, identity: identity, epoch: began, parameters)
    }
}
