internal import Foundation
public import Net
public import Sync

/// When certificates end, and how a member gets the next one before that, without a person.
public enum Renewal {
    /// 90 days.
    public static let lifetimeMilliseconds: Int64 = 90 * 86_400_000

    /// After two thirds of a certificate's time the next one is asked for: a store that sees HQ once a month is in time.
    ///
    /// - Parameter now: milliseconds since 1970.
    public static func isDue(_ validity: ClosedRange<Int64>, at now: Int64) -> Bool {
        let third = (validity.upperBound - validity.lowerBound) / 3
        return now >= validity.upperBound - third
    }

    /// Asks HQ for the next certificate, with the one that is still valid, and installs it. Blocks its thread.
    ///
    /// - Parameters:
    ///   - directory: a member's, but not the registrar's, which renews its own (`Registrar.renewOwnCertificate`).
    ///   - headquarters: where the registrar is dialled, or was: whoever held the office before says who holds it now.
    ///   - registrar: who has to answer there.
    ///   - address: where others dial this member; nil leaves what HQ knows.
    ///   - clock: milliseconds since 1970.
    /// - Throws: `EnrolmentError`; the certificate is then as it was.
    public static func renew(
        in directory: String, at headquarters: NodeAddress, of registrar: UInt32 = Access.founder, address: NodeAddress?,
        clock: @escaping @Sendable () -> Int64 = systemMilliseconds, timeoutMilliseconds: Int64 = 30_000
    ) throws -> NodeKeys {
        let keys = try NodeKeys.read(in: directory)
        let card = try ReplicaCard.read(in: directory)
        let request = EnrolmentRequest(
            purpose: .renew, chain: card.chain, address: address,
            certificateRequest: try made { () throws(CertificateError) in
                try CertificateRequest(name: card.name, key: keys.key).der
            })
        let configuration = TLSConfiguration(
            credential: keys.credential(sendsAuthority: false), trust: .authority(keys.authority),
            protocols: [EnrolmentProtocol.renew], clock: clock)
        let granted = try EnrolmentClient.ask(
            request, at: RegistrarPlace(headquarters, member: registrar), configuration,
            timeoutMilliseconds: timeoutMilliseconds)
        return try install(granted.grant, in: directory, at: clock())
    }

    /// As `renew`, on a thread of its own: for a node that goes on meanwhile.
    ///
    /// - Parameters:
    ///   - headquarters: where HQ may be dialled, one or more; asked in turn until somebody there is HQ.
    ///   - completion: called once, on that thread, with the first address's error if HQ is nowhere.
    public static func start(
        in directory: String, at headquarters: [NodeAddress], of registrar: UInt32, address: NodeAddress?,
        clock: @escaping @Sendable () -> Int64 = systemMilliseconds,
        completion: @escaping @Sendable (Result<NodeKeys, any Error>) -> Void
    ) {
        precondition(!headquarters.isEmpty, "somebody is asked")
        Thread.detachNewThread {
            var results: [Result<NodeKeys, any Error>] = []
            for place in headquarters {
                let result = Result { try renew(in: directory, at: place, of: registrar, address: address, clock: clock) }
                if case .failure(let error as EnrolmentError) = result, error.isElsewhere {
                    results.append(result)
                } else {
                    return completion(result)
                }
            }
            completion(results[0])
        }
    }

    /// Puts what HQ granted in the place of the old certificate, durably; connections that begin later show it.
    ///
    /// - Throws: `EnrolmentError.inconsistent` if it is not for this member and its key.
    static func install(_ grant: EnrolmentGrant, in directory: String, at now: Int64) throws -> NodeKeys {
        let keys = try NodeKeys.read(in: directory)
        let card = try ReplicaCard.read(in: directory)
        try grant.check(key: keys.key, chain: card.chain, member: card.member, at: now)
        let authority = try made { () throws(CertificateError) in
            (try grant.authority.fingerprint, try keys.authority.fingerprint)
        }
        guard authority.0 == authority.1 else { throw EnrolmentError.inconsistent("another authority signed it") }
        let renewed = NodeKeys(authority: keys.authority, certificate: grant.certificate, key: keys.key)
        try renewed.replaceCertificate(in: directory)
        return renewed
    }
}
