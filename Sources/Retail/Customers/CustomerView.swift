public import CRDT
public import Replica

/// A customer as a person reads it.
public struct CustomerView: Hashable, Sendable {
    public let id: Identifier
    public let name: String?
    public let phone: String?
    public let tier: String?
    public let home: String?
    public let email: String?
    public let address: String?
    public let note: String?
    public let tags: [Identifier]
    /// The customer that this one turned out to be.
    public let mergedInto: Identifier?
    /// Values that were written concurrently and lost, by field name.
    public let losers: [Loser]

    public struct Loser: Hashable, Sendable {
        public let field: String
        public let text: String
    }

    public init(_ key: RecordKey, _ record: Record) {
        id = key.id
        var losers: [Loser] = []
        func text(_ field: UInt32, _ name: String) -> String? {
            guard let register = record.register(SlotKey(field: field)) else { return nil }
            for case .text(let text)? in register.losers.map(\.value) { losers.append(Loser(field: name, text: text)) }
            return if case .text(let text)? = register.value { text } else { nil }
        }
        phone = text(RetailSchema.Customer.phone, "phone")
        tier = text(RetailSchema.Customer.tier, "tier")
        home = text(RetailSchema.Customer.home, "home")
        name = text(RetailSchema.Customer.name, "name")
        email = text(RetailSchema.Customer.email, "email")
        address = text(RetailSchema.Customer.address, "address")
        note = text(RetailSchema.Customer.note, "note")
        mergedInto = record.identifier(RetailSchema.Customer.mergedInto)
        self.losers = losers
        tags = record.elements(RetailSchema.Customer.tags).entries.compactMap {
            if case .identifier(let tag) = $0.element { tag } else { nil }
        }
    }
}

extension RecordReader {
    public func customer(_ id: Identifier) throws -> CustomerView {
        let key = RetailSchema.customer(id)
        return CustomerView(key, try record(key))
    }
}
