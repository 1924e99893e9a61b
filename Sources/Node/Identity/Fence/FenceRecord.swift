internal import CRDT
internal import Replica
internal import Retail

/// Writes what HQ says of a lost member. Nobody else writes to these records, so nothing in them is ever concurrent.
struct FenceRecord {
    private let key: RecordKey

    init(of member: UInt32) {
        key = RetailSchema.fence(of: member)
    }

    /// - Parameters:
    ///   - machine: SHA-256 of its public key, if it has one.
    ///   - now: milliseconds since 1970.
    func state(
        _ declaration: FenceDeclaration, _ origins: [Origin], machine: [UInt8]?, at now: Int64,
        in transaction: Transaction
    ) throws {
        try transaction.set(RetailSchema.Fence.since, of: key, to: .moment(now))
        for origin in origins {
            try transaction.insert(.index(origin.rawValue), into: RetailSchema.Fence.origins, of: key)
        }
        if let machine {
            try transaction.set(RetailSchema.Fence.key, of: key, to: .bytes(machine))
        } else {
            try transaction.remove(RetailSchema.Fence.key, of: key)
        }
        try transaction.remove(RetailSchema.Fence.minted, of: key)
        try declare(declaration, at: now, in: transaction)
    }

    func declare(_ declaration: FenceDeclaration, at now: Int64, in transaction: Transaction) throws {
        switch declaration {
        case .destroyed:
            try transaction.set(RetailSchema.Fence.destroyed, of: key, to: .moment(now))
            try transaction.remove(RetailSchema.Fence.exposure, of: key)
        case .exposure(let text):
            try transaction.set(RetailSchema.Fence.exposure, of: key, to: .text(text))
            try transaction.remove(RetailSchema.Fence.destroyed, of: key)
        }
    }

    func noteMinted(at now: Int64, in transaction: Transaction) throws {
        try transaction.set(RetailSchema.Fence.minted, of: key, to: .moment(now))
    }

    /// The member is not lost after all.
    func lift(in transaction: Transaction) throws {
        for origin in try transaction.record(key).elements(RetailSchema.Fence.origins).entries {
            try transaction.remove(RetailSchema.Fence.origins, origin.element, of: key)
        }
        for field in [
            RetailSchema.Fence.since, RetailSchema.Fence.destroyed, RetailSchema.Fence.exposure, RetailSchema.Fence.key,
        ] {
            try transaction.remove(field, of: key)
        }
    }
}
