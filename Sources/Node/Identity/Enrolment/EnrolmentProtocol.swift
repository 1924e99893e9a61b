public import Net

/// The names by which TLS tells enrolment from syncing on one port (`Protocol/enrolment.md`).
public enum EnrolmentProtocol {
    /// For newcomers, who have no certificate yet.
    public static let enrol = TLSConfiguration.ApplicationProtocol("atoll-enrol/1", demandsCertificate: false)
    /// For members, who show the certificate that they have.
    public static let renew = TLSConfiguration.ApplicationProtocol("atoll-renew/1")
    static let version: UInt8 = 1
}
