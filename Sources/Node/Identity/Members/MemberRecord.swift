internal import CRDT
internal import Replica
internal import Retail

/// Writes what the registrar says of a member. Nobody else writes to these records, so nothing in them is ever concurrent.
struct MemberRecord {
    private let key: RecordKey

    init(number: UInt32) {
        key = RetailSchema.member(number)
    }

    /// A machine is the member's from now on; a revocation that was before ends.
    ///
    /// - Parameters:
    ///   - keys: SHA-256 of the machine's public key, and of that of the machine in whose place it is, if there is one.
    ///   - address: nil leaves it as it was.
    func enrol(
        name: String, certificate: [UInt8], keys: (own: [UInt8], replaced: [UInt8]?), address: NodeAddress?,
        in transaction: Transaction
    ) throws {
        if let replaced = keys.replaced, replaced != keys.own {
            try transaction.insert(.bytes(replaced), into: RetailSchema.Member.replaced, of: key)
        }
        try transaction.remove(RetailSchema.Member.replaced, .bytes(keys.own), of: key)
        if try transaction.record(key).register(SlotKey(field: RetailSchema.Member.name))?.value != .text(name) {
            try transaction.set(RetailSchema.Member.name, of: key, to: .text(name))
        }
        try renew(certificate: certificate, address: address, in: transaction)
        try reinstate(in: transaction)
    }

    /// The member is one of the tills of a store from now on.
    func assign(to store: UInt32, in transaction: Transaction) throws {
        let value = Value.integer(Int64(store))
        guard try transaction.record(key).register(SlotKey(field: RetailSchema.Member.store))?.value != value else { return }
        try transaction.set(RetailSchema.Member.store, of: key, to: value)
    }

    /// The member holds everything from now on.
    ///
    /// - Parameter appointment: signed.
    func appointHeadquarters(_ appointment: [UInt8], in transaction: Transaction) throws {
        try transaction.set(RetailSchema.Member.role, of: key, to: .bytes(appointment))
    }

    func renew(certificate: [UInt8], address: NodeAddress?, in transaction: Transaction) throws {
        try transaction.set(RetailSchema.Member.certificate, of: key, to: .bytes(certificate))
        guard let address else { return }
        let value = Value.text("\(address)")
        if try transaction.record(key).register(SlotKey(field: RetailSchema.Member.address))?.value != value {
            try transaction.set(RetailSchema.Member.address, of: key, to: value)
        }
    }

    /// - Parameter since: milliseconds since 1970.
    func revoke(since: Int64, reason: String?, in transaction: Transaction) throws {
        try transaction.set(RetailSchema.Member.revoked, of: key, to: .moment(since))
        if let reason {
            try transaction.set(RetailSchema.Member.reason, of: key, to: .text(reason))
        } else {
            try transaction.remove(RetailSchema.Member.reason, of: key)
        }
    }

    func reinstate(in transaction: Transaction) throws {
        try transaction.remove(RetailSchema.Member.revoked, of: key)
        try transaction.remove(RetailSchema.Member.reason, of: key)
    }
}
