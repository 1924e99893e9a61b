public import Net
public import Replica

/// What HQ grants: a certificate, and what a member has to know of its chain.
public struct EnrolmentGrant: Sendable {
    public let chain: Hash128
    public let member: UInt32
    public let name: String
    /// 16 secret bytes that all replicas of the chain share.
    public let digestKey: [UInt8]
    /// Where HQ is dialled, as its record says; nil if it does not.
    public let address: NodeAddress?
    public let certificate: Certificate
    public let authority: Certificate
    /// HQ's clock when it granted this, milliseconds since 1970.
    public let grantedAt: Int64

    /// Checks that this is what was asked for, whatever the connection has proved.
    ///
    /// - Parameter now: this machine's clock, milliseconds since 1970.
    func check(key: PrivateKey, chain: Hash128, member: UInt32, at now: Int64) throws(EnrolmentError) {
        guard self.chain == chain, self.member == member else { throw .inconsistent("it is for another chain or member") }
        do throws(CertificateError) {
            guard try certificate.publicKey.der == key.publicKey.der else { throw .keyMismatch }
            let identity = try certificate.check(issuedBy: authority, at: now)
            guard identity.chain == ChainID(chain), identity.member == member else { throw .notAtoll(found: []) }
        } catch .notYetValid, .expired {
            throw .clocks(headquarters: grantedAt, here: now)
        } catch {
            throw .inconsistent("\(error)")
        }
    }
}
