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
        /// The directory was this member's already, with a certificate that had ended: it has a new one, and all else as it was.
        public let wasExpired: Bool

        init(_ card: ReplicaCard, _ headquarters: NodeAddress, wasJoined: Bool = false, wasExpired: Bool = false) {
            (self.card, self.headquarters) = (card, headquarters)
            (self.wasJoined, self.wasExpired) = (wasJoined, wasExpired)
        }
    }

    /// Makes a key, has HQ certify it, and makes the member's directory: as a whole, or not at all. Blocks its thread.
    ///
    /// The key is durable before anybody hears of it, and stays where the directory will be until HQ's answer has come; so after
    /// a lost reply or a crash the same call is the same machine to HQ, and gets the same certificate.
    ///
    /// - Parameters:
    ///   - path: an empty directory, or a name that is free; or this very member's directory, if its certificate does not hold
    ///     any more. That one keeps its key and all that it holds, may have a node running, and gets a certificate alone.
    ///   - listen, address: where the member will listen, and where others dial it; nil if it only dials.
    ///   - clock: milliseconds since 1970.
    /// - Throws: `EnrolmentError`; `NodeError.occupied`; `FileError`.
    public static func join(
        _ token: InviteToken, at path: String, listen: NodeAddress? = nil, address: NodeAddress? = nil,
        clock: @escaping @Sendable () -> Int64 = systemMilliseconds, timeoutMilliseconds: Int64 = 30_000
    ) throws -> Joined {
        if let card = try finished(token, at: path) {
            return Joined(card, token.address, wasJoined: true)
        }
        if let card = try certifyAgain(token, at: path, address, clock, timeoutMilliseconds) {
            return Joined(card, token.address, wasExpired: true)
        }
        let draft = try NodeDraft(of: path)
        do {
            let key = try draft.key()
            let granted = try ask(token, key, address, clock, timeoutMilliseconds)
            let (grant, registrar) = (granted.grant, granted.registrar)
            try check(grant, token, key, at: clock())
            let card = ReplicaCard(
                chain: grant.chain, member: grant.member, name: grant.name, digestKey: grant.digestKey)
            let headquarters = NodeConfiguration.Peer(address: registrar.address, member: registrar.member)
            try draft.publish(
                card, NodeKeys(authority: grant.authority, certificate: grant.certificate, key: key),
                NodeConfiguration(listen: listen, address: address, peers: [headquarters]), epoch: clock()
            ) { _, _ in }
            return Joined(card, registrar.address)
        } catch let error as EnrolmentError {
            // A key that HQ may have certified is the only one that the token still opens for.
            if !error.mayBeGranted, !draft.isResumed { draft.abandon() }
            throw error
        }
    }

    private static func ask(
        _ token: InviteToken, _ key: PrivateKey, _ address: NodeAddress?, _ clock: @escaping @Sendable () -> Int64,
        _ timeoutMilliseconds: Int64
    ) throws -> EnrolmentClient.Granted {
        let request = EnrolmentRequest(
            purpose: .enrol(secret: token.secret), chain: token.chain, address: address,
            certificateRequest: try made { () throws(CertificateError) in
                try CertificateRequest(name: token.name, key: key).der
            })
        let configuration = TLSConfiguration(
            credential: nil, trust: .pinned(fingerprint: token.authority), protocols: [EnrolmentProtocol.enrol],
            clock: clock)
        return try EnrolmentClient.ask(
            request, at: RegistrarPlace(token.address, member: token.registrar), configuration,
            timeoutMilliseconds: timeoutMilliseconds)
    }

    private static func check(_ grant: EnrolmentGrant, _ token: InviteToken, _ key: PrivateKey, at now: Int64) throws {
        let authority = try made { () throws(CertificateError) in try grant.authority.fingerprint }
        guard authority == token.authority else { throw EnrolmentError.inconsistent("another authority signed it") }
        try grant.check(key: key, chain: token.chain, member: token.member, at: now)
    }

    /// Gets a certificate for the key of a member that cannot renew its own any more, because that has ended.
    ///
    /// - Returns: nil if this is not the token's member, or its certificate holds.
    private static func certifyAgain(
        _ token: InviteToken, at path: String, _ address: NodeAddress?, _ clock: @escaping @Sendable () -> Int64,
        _ timeoutMilliseconds: Int64
    ) throws -> ReplicaCard? {
        guard case .file = try FileKind(path + "/" + ReplicaCard.fileName),
            case .directory = try FileKind(path + "/" + NodeKeys.folderName)
        else { return nil }
        let (card, keys) = (try ReplicaCard.read(in: path), try NodeKeys.read(in: path))
        let validity = try made { () throws(CertificateError) in try keys.certificate.validity }
        guard card.chain == token.chain, card.member == token.member, clock() > validity.upperBound else { return nil }
        let grant = try ask(token, keys.key, address, clock, timeoutMilliseconds).grant
        try check(grant, token, keys.key, at: clock())
        _ = try Renewal.install(grant, in: path, at: clock())
        return card
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
