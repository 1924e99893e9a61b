internal import CRDT
internal import Replica
internal import Retail

/// Somebody edits a customer's record.
struct EditCustomer: Act {
    static let kind = "edit_customer"
    static let isWork = true

    let node: Int
    let customer: String
    let phone: String?
    let tier: String?
    let addedTags: [String]
    let removedTags: [String]

    private enum CodingKeys: String, CodingKey {
        case node, customer, phone, tier
        case addedTags = "add_tags"
        case removedTags = "remove_tags"
    }

    var nodes: [Int] { [node] }

    var flaw: String? {
        let ids = [customer] + addedTags + removedTags
        return ids.first { Identifier($0) == nil }.map { PlanError.malformedIdentifier($0).description }
    }

    func perform(in laboratory: Laboratory) throws -> Bool {
        let id = try Identifier(inPlan: customer)
        let key = RetailSchema.customer(id)
        typealias Field = RetailSchema.Customer
        let fields = [(Field.phone, phone), (Field.tier, tier)].compactMap { field, text in
            text.map { (field: field, text: $0) }
        }
        let added = try addedTags.map(Identifier.init(inPlan:))
        let removed = try removedTags.map(Identifier.init(inPlan:))
        return try laboratory.write(at: node) { _, seen in
            let texts = fields.map { Effect(key, $0.field, .assign(.text($0.text))) }
            // Who removes what nobody sees has done nothing.
            let removals = removed.filter { !seen.isEmpty(key, Field.tags, .identifier($0)) }
            return texts + removals.map { Effect(key, Field.tags, .identifier($0), .remove) }
                + added.map { Effect(key, Field.tags, .identifier($0), .assign(.empty)) }
        } by: { transaction, member in
            try transaction.edit(customer: id, fields, adding: added, removing: removed, at: member)
        }
    }
}
