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
    /// Added to what the customer has at the machine's store; negative ones are taken away.
    var points: Int64?

    private enum CodingKeys: String, CodingKey {
        case node, customer, phone, tier, points
        case addedTags = "add_tags"
        case removedTags = "remove_tags"
    }

    var nodes: [Int] { [node] }

    var flaw: String? {
        let ids = [customer] + addedTags + removedTags
        if let id = ids.first(where: { Identifier($0) == nil }) { return PlanError.malformedIdentifier(id).description }
        return (-1_000_000...1_000_000).contains(points ?? 0) ? nil : "points are at most 1000000, of either sign"
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
        return try laboratory.write(at: node) { member, seen in
            let texts = fields.map { Effect(key, $0.field, .assign(.text($0.text))) }
            // Who removes what nobody sees has done nothing.
            let removals = removed.filter { !seen.isEmpty(key, Field.tags, .identifier($0)) }
            return texts + removals.map { Effect(key, Field.tags, .identifier($0), .remove) }
                + added.map { Effect(key, Field.tags, .identifier($0), .assign(.empty)) } + adjustment(of: id, member)
        } by: { [points] transaction, member in
            try transaction.edit(customer: id, fields, adding: added, removing: removed, points: points ?? 0, at: member)
        }
    }

    private func adjustment(of customer: Identifier, _ member: UInt32) -> [Effect] {
        guard let points, points != 0 else { return [] }
        let key = RetailSchema.points(of: customer, at: member)
        return [
            Effect(key, RetailSchema.Points.adjustments, .index(0), .fact(.integer(points))),
            Effect(key, RetailSchema.Points.balance, .count(points)),
        ]
    }
}
