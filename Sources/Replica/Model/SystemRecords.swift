internal import CRDT

/// Records that the engine itself keeps: collections 2 to 9 are its own, whatever the schema says.
enum SystemRecords {
    static let horizons: UInt16 = 2
    static let closures: UInt16 = 3

    static func isSystem(_ collection: UInt16) -> Bool { (2...9).contains(collection) }

    /// In the scope `chain`, by scope: the horizon, a packed version vector.
    static func horizon(of scope: Scope) -> RecordKey {
        RecordKey(
            scope: .chain, collection: horizons, id: Identifier(number: UInt64(scope.rawValue), digits: 10))
    }

    /// The scope that a horizon's id names.
    static func horizonScope(_ key: RecordKey) -> Scope? {
        UInt32(key.id.description).map { Scope(rawValue: $0) }
    }

    static let horizonSlot = SlotKey(field: 1)

    /// In each scope that a closed incarnation wrote to, by origin.
    static func closure(of origin: Origin, in scope: Scope) -> RecordKey {
        let digits = String(origin.rawValue, radix: 16)
        let name = "x" + String(repeating: "0", count: 16 - digits.count) + digits
        guard let id = Identifier(name) else { preconditionFailure("17 letters are an id") }
        return RecordKey(scope: scope, collection: closures, id: id)
    }

    /// The origin that a closure's id names.
    static func closedOrigin(_ key: RecordKey) -> Origin? {
        UInt64(key.id.description.dropFirst(), radix: 16).map { Origin(rawValue: $0) }
    }

    /// The origin that goes on in the closed one's place.
    static let successorSlot = SlotKey(field: 1)
    /// Up to where the successor held the closed one's own transactions when it closed it.
    static let lastSlot = SlotKey(field: 2)
}

extension Replica {
    /// The collection of the scope `chain` that says how far everybody holds each scope: a decision of the registrar's.
    public static let horizonCollection = SystemRecords.horizons
}
