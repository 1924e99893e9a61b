public import Net
internal import Replica
internal import Sync

/// Makes a machine a member of a chain, with a token.
public enum Joining {
    public struct Joined: Hashable, Sendable {
        public let card: ReplicaCard
        /// Where HQ is dialled.
        public let headquarters: NodeAddress
        /// An earlier attempt had joined already and was interrupted at its very end.
        public let wasJoined: Bool
    }

    /// Makes a key, has HQ certify it, and makes the member's directory: as a whole, or not at all. Blocks its thread.
    ///
    /// The key is durable before anybody hears of it, and stays where the directory will be until HQ's answer has come; so after
    /// a lost reply or a crash the same call is the same machine to HQ, and gets the same certificate.
    ///
    /// - Parameters:
    ///   - path: an empty directory, or a name that is free.
    ///   - listen, address: where the member will listen, and where others dial it; nil if it only dials.
    ///   - clock: milliseconds since 1970.
    /// - Throws: `EnrolmentError`; `NodeError.occupied`; `FileError`.
    public static func join(
        _ token: InviteToken, at path: String, listen: NodeAddress? = nil, address: NodeAddress? = nil,
        clock: @escaping @Sendable () -> Int64 = systemMilliseconds, timeoutMilliseconds: Int64 = 30_000
    ) throws -> Joined {
        if let card = try finished(token, at: path) {
            return Joined(card: card, headquarters: token.address, wasJoined: true)
        }
        let draft = try NodeDraft(of: path)
        do {
            let key = try draft.key()
            let grant = try ask(token, key, address, clock, timeoutMilliseconds)
            try check(grant, token, key, at: clock())
            let card = ReplicaCard(
                chain: grant.chain, member: grant.member, name: grant.name, digestKey: grant.digestKey)
            let headquarters = NodeConfiguration.Peer(address: token.address, member: Access.headquarters)
            try draft.publish(
                card, NodeKeys(authority: grant.authority, certificate: grant.certificate, key: key),
                NodeConfiguration(listen: listen, address: address, peers: [headquarters]), epoch: clock()
            ) { _, _ in }
            return Joined(card: card, headquarters: token.address, wasJoined: false)
        } catch let error as EnrolmentError {
            // A key that HQ may have certified is the only one that the token still opens for.
            if !error.mayBeGranted, !draft.isResumed { draft.abandon() }
            throw error
        }
    }

    private static func ask(
        _ token: InviteToken, _ key: PrivateKey, _ address: NodeAddress?, _ clock: @escaping @Sendable () -> Int64,
        _ timeoutMilliseconds: Int64
    ) throws -> EnrolmentGrant {
        let request = EnrolmentRequest(
            purpose: .enrol(secret: token.secret), chain: token.chain, address: address,
            certificateRequest: try made { () throws(CertificateError) in
                try CertificateRequest(name: token.name, key: key).der
            })
        let configuration = TLSConfiguration(
            credential: nil, trust: .pinned(fingerprint: token.authority), protocols: [EnrolmentProtocol.enrol],
            clock: clock)
        return try EnrolmentClient.ask(request, at: token.address, configuration, timeoutMilliseconds: timeoutMilliseconds)
    }

    private static func check(_ grant: EnrolmentGrant, _ token: InviteToken, _ key: PrivateKey, at now: Int64) throws {
        let authority = try made { () throws(CertificateError) in try grant.authority.fingerprint }
        guard authority == token.authority else { throw EnrolmentError.inconsistent("another authority signed it") }
        try grant.check(key: key, chain: token.chain, member: token.member, at: now)
    }

    /// Who was made by an attempt that was interrupted when all was done but the tidying.
    private static func finished(_ token: InviteToken, at path: String) throws -> ReplicaCard? {
        guard case .file = try FileKind(path + "/" + ReplicaCard.fileName) else { return nil }
        let card = try ReplicaCard.read(in: path)
        guard card.chain == token.chain, card.member == token.member, try NodeDraft.finishPublished(at: path) else {
            return nil
        }
        return card
    }
}
