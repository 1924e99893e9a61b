internal import CRDT
public import Replica

/// Everything that joined at a replica and needs a person, kept up to date as more comes: it looks only at what has changed.
public struct Inbox {
    private var cursors: [Scope: VersionVector] = [:]
    private var byRecord: [RecordKey: [InboxEntry]] = [:]
    /// Customers by the digits of their telephone numbers, those that have no other record left of them.
    private var customers: [String: Set<Identifier>] = [:]
    private var phones: [Identifier: String] = [:]

    public init() {}

    /// Looks at what has changed since this was last asked.
    ///
    /// - Throws: storage trouble. A record that is damaged is left out, and looked at again when it has changed.
    public mutating func update(from replica: Replica) throws {
        for scope in replica.heldScopes {
            let now = replica.vector(of: scope)
            guard cursors[scope] != now else { continue }
            if let cursor = cursors[scope], case .changes(let keys) = try replica.feed(of: scope, beyond: cursor) {
                for key in keys { try look(at: key, in: replica) }
            } else {
                byRecord = byRecord.filter { $0.key.scope != scope }
                for key in try replica.keys(of: scope) { try look(at: key, in: replica) }
            }
            cursors[scope] = now
        }
    }

    /// What is to be decided, or was; ascending by store, kind and id.
    public func entries(in replica: Replica) throws -> [InboxEntry] {
        let pairs = customers.values.filter { $0.count > 1 }.flatMap { ids in
            let ids = ids.sorted()
            return ids.dropFirst().map { InboxFinding(customer: ids[0], and: $0) }
        }
        return try (byRecord.values.flatMap(\.self) + pairs.map { try replica.entry($0) }).sorted { one, other in
            (one.subject.scope.member, one.kind.rawValue, one.id) < (other.subject.scope.member, other.kind.rawValue, other.id)
        }
    }

    private mutating func look(at key: RecordKey, in replica: Replica) throws {
        do {
            switch key.collection {
            case RetailSchema.customer.number: try noteCustomer(key, in: replica)
            // A word about an entry stands beside its subject; entries are asked for it anew.
            case RetailSchema.settlement.number: return try lookAgain(at: key, in: replica)
            // What is on a shelf is told by three records.
            case RetailSchema.count.number, RetailSchema.stockLimit.number:
                try look(at: RetailSchema.stock(of: key.id, at: key.scope.member), in: replica)
            default: break
            }
            let entries = try replica.inbox(about: key)
            byRecord[key] = entries.isEmpty ? nil : entries
        } catch is ReplicaError {
            byRecord[key] = nil
        }
    }

    private mutating func lookAgain(at settlement: RecordKey, in replica: Replica) throws {
        for (key, entries) in byRecord
        where key.scope == settlement.scope && entries.contains(where: { $0.id == settlement.id }) {
            byRecord[key] = try replica.inbox(about: key)
        }
    }

    private mutating func noteCustomer(_ key: RecordKey, in replica: Replica) throws {
        if let phone = phones.removeValue(forKey: key.id) {
            customers[phone]?.remove(key.id)
            if customers[phone]?.isEmpty == true { customers[phone] = nil }
        }
        let record = try replica.record(key)
        guard record.identifier(RetailSchema.Customer.mergedInto) == nil,
            let phone = record.text(RetailSchema.Customer.phone)?.filter(\.isNumber), phone.count >= Self.shortestPhone
        else { return }
        phones[key.id] = phone
        customers[phone, default: []].insert(key.id)
    }

    /// Fewer digits are an extension within a house.
    private static let shortestPhone = 6
}

extension InboxFinding {
    /// Two customers of one telephone number.
    init(customer: Identifier, and other: Identifier) {
        self.init(
            .duplicateCustomer, RetailSchema.customer(customer), about: "\(other)",
            "\(customer) and \(other) have the same telephone number: they seem to be one customer.",
            done: "Both records stay; nothing was changed.", values: ["\(customer)", "\(other)"],
            [
                .init(name: "merge", help: "they are one: \(other) becomes \(customer), with all its orders"),
                .init(name: "different", help: "they are two"),
            ])
    }
}
