internal import CRDT
public import Net
internal import Replica
internal import Retail
internal import Sync

/// What the chain knows of one member, as its record says.
public struct Member: Hashable, Sendable {
    public struct Revocation: Hashable, Sendable {
        /// Milliseconds since 1970.
        public let since: Int64
        public let reason: String?
    }

    public let number: UInt32
    public let name: String
    /// The newest one, DER; nil for a member of a chain that was imported, and not founded.
    public let certificate: [UInt8]?
    public let revocation: Revocation?
    /// Where others dial it.
    public let address: NodeAddress?
    /// Whose customers it serves.
    public let regions: Set<UInt32>
    /// The store that it is one of several tills of; nil: it is a store itself, or HQ.
    public let store: UInt32?
    /// Holds everything: the founder's HQ, and whom the registrar has made one.
    public let isHeadquarters: Bool
    /// The record could not be read: it is damaged here, and will be fetched from another replica.
    public let isUnreadable: Bool
    /// SHA-256 of the public keys of machines in whose place there is another one.
    let replacedKeys: Set<[UInt8]>
    /// Nil where none is known.
    private let authority: ChainAuthority?

    /// The key that the member signs with; nil if no certificate, or none that can be read, is known.
    public var publicKey: PublicKey? { parsed.flatMap { try? $0.publicKey } }

    /// Whether the chain has told it to stop syncing, or nobody can tell. It is not meant of the registrar, which mends what
    /// is damaged.
    public var isRefused: Bool { revocation != nil || isUnreadable }

    /// Of the store in whose books and stock it writes: its own number, or that of the store that it is a till of.
    public var storeNumber: UInt32 { store ?? number }

    /// Whether the newest certificate is for this key.
    ///
    /// - Parameter key: SHA-256 of the public key.
    func isHeld(by key: [UInt8]) -> Bool { (try? publicKey?.fingerprint) == key }

    /// The newest certificate, if the chain's authority has issued it to this member. Complexity: a signature is checked.
    var parsed: Certificate? {
        guard let parsed = certificate.flatMap({ try? Certificate(der: $0) }) else { return nil }
        return authority.map { $0.hasIssued(parsed, to: number) } ?? true ? parsed : nil
    }
}

extension Member {
    /// - Parameter authority: whose word counts on what gives power; without it nothing is checked, and nobody has any.
    /// - Returns: nil if there is no such member.
    init?(number: UInt32, in replica: Replica, _ authority: ChainAuthority?) throws {
        let record = try replica.record(RetailSchema.member(number))
        guard !record.isEmpty else { return nil }
        self.init(number: number, record, authority)
    }

    init(number: UInt32, _ record: Record, _ authority: ChainAuthority?) {
        func value(_ field: UInt32) -> Value? { record.register(SlotKey(field: field))?.value }
        self.number = number
        name = if case .text(let text) = value(RetailSchema.Member.name) { text } else { "member \(number)" }
        certificate = if case .bytes(let bytes) = value(RetailSchema.Member.certificate) { bytes } else { nil }
        address = if case .text(let text) = value(RetailSchema.Member.address) { NodeAddress(text) } else { nil }
        let reason: String? = if case .text(let text) = value(RetailSchema.Member.reason) { text } else { nil }
        revocation =
            if case .moment(let since) = value(RetailSchema.Member.revoked) {
                Revocation(since: since, reason: reason)
            } else {
                nil
            }
        let named = record.elements(RetailSchema.Member.regions).entries.compactMap { entry -> UInt32? in
            guard case .identifier(let region) = entry.element, let number = region.plainNumber, number < 1 << 24 else {
                return nil
            }
            return UInt32(number)
        }
        regions = named.isEmpty ? Access.Member().regions : Set(named)
        let store: UInt32? =
            if case .integer(let store) = value(RetailSchema.Member.store) { UInt32(exactly: store) } else { nil }
        self.store = store.flatMap { $0 < 1 << 24 && $0 != number ? $0 : nil }
        isHeadquarters =
            number == Access.founder || authority?.hasAppointed(number, value(RetailSchema.Member.role)) ?? false
        isUnreadable = false
        replacedKeys = Set(
            record.elements(RetailSchema.Member.replaced).entries.compactMap { entry in
                if case .bytes(let key) = entry.element { key } else { nil }
            })
        self.authority = authority
    }

    /// A member whose record cannot be read.
    init(unreadable number: UInt32) {
        self.number = number
        name = "member \(number)"
        certificate = nil
        revocation = nil
        address = nil
        regions = Access.Member().regions
        store = nil
        isHeadquarters = number == Access.founder
        isUnreadable = true
        replacedKeys = []
        authority = nil
    }
}
