/// What handing the office over came to.
public struct OfficeHandover: Hashable, Sendable {
    public let term: UInt64
    public let member: UInt32
    public let name: String
    /// Milliseconds since 1970.
    public let since: Int64
    /// What is carried to the member: sealed for it, PEM.
    public let bundle: [UInt8]

    init(term: UInt64, member: UInt32, name: String, since: Int64, bundle: [UInt8]) {
        (self.term, self.member, self.name, self.since, self.bundle) = (term, member, name, since, bundle)
    }

    /// Keeps the bundle in a file that only its owner reads, durably.
    public func write(to path: String) throws {
        try DurableFile.write(bundle, to: path, mode: 0o600)
    }
}
