public import CRDT
public import Replica

extension Form {
    public static let customer = Form(
        "customer",
        [
            Entry("name", RetailSchema.Customer.name, .text(limit: 200), "what the customer is called"),
            Entry("phone", RetailSchema.Customer.phone, .text(limit: 40), "where to call"),
            Entry("email", RetailSchema.Customer.email, .text(limit: 200), "where to write"),
            Entry("address", RetailSchema.Customer.address, .text(limit: 1000), "where to send"),
            Entry("tier", RetailSchema.Customer.tier, .text(limit: 40), "which prices hold, as gold"),
            Entry("home", RetailSchema.Customer.home, .text(limit: 40), "the store that knows the customer best"),
            Entry("note", RetailSchema.Customer.note, .text(limit: 4000), "what is to be minded"),
            Entry("tags", RetailSchema.Customer.tags, .tags, "what the customer belongs to, as vip"),
        ])
}

extension Transaction {
    /// Adds a customer.
    ///
    /// - Parameters:
    ///   - id: nil for the next number of the till.
    ///   - year: the legal year, as 2026, where the till stands.
    public func add(
        customer id: Identifier?, _ inputs: [(name: String, input: Form.Input)], year: Int, at till: Till
    ) throws -> Identifier {
        let id = try id ?? draw(.customer, year: year, at: till)
        let key = RetailSchema.customer(id)
        guard try !exists(key) else { throw CustomerError.exists(id) }
        try edit(key, by: .customer, inputs)
        return id
    }

    /// Edits a customer, field by field.
    public func edit(customer id: Identifier, _ inputs: [(name: String, input: Form.Input)]) throws {
        let key = RetailSchema.customer(id)
        guard try exists(key) else { throw CustomerError.unknown(id, field: "id") }
        try edit(key, by: .customer, inputs)
    }

    /// Says that two records are of one customer. Both stay as they are, with all their orders: whoever asks for the one is shown what
    /// both say. It can be taken back.
    public func merge(customer id: Identifier, into other: Identifier) throws {
        for (id, field) in [(id, "id"), (other, "into")] where try !exists(RetailSchema.customer(id)) {
            throw CustomerError.unknown(id, field: field)
        }
        guard id != other, try !chain(from: other).contains(id) else { throw CustomerError.mergedInCircle(other) }
        guard try record(RetailSchema.customer(id)).identifier(RetailSchema.Customer.mergedInto) != other else { return }
        try set(RetailSchema.Customer.mergedInto, of: RetailSchema.customer(id), to: .identifier(other))
    }

    /// Takes back that a record is of another customer.
    public func part(customer id: Identifier) throws {
        let key = RetailSchema.customer(id)
        guard try record(key).identifier(RetailSchema.Customer.mergedInto) != nil else { throw CustomerError.notMerged(id) }
        try remove(RetailSchema.Customer.mergedInto, of: key)
    }
}

extension RecordReader {
    /// The record that is left of those that are of one customer: the last in the chain of those that it was merged into. Two islands
    /// may have merged two into each other: then the one with the lower id is left, for everybody.
    public func survivor(of id: Identifier) throws -> Identifier {
        let chain = try chain(from: id)
        guard let last = chain.last,
            let next = try record(RetailSchema.customer(last)).identifier(RetailSchema.Customer.mergedInto),
            let start = chain.firstIndex(of: next)
        else { return chain.last ?? id }
        return chain[start...].min() ?? last
    }

    /// A customer and whom it was merged into, each once.
    fileprivate func chain(from id: Identifier) throws -> [Identifier] {
        var chain = [id]
        while chain.count < 100, let last = chain.last,
            let next = try record(RetailSchema.customer(last)).identifier(RetailSchema.Customer.mergedInto),
            !chain.contains(next)
        {
            chain.append(next)
        }
        return chain
    }
}
