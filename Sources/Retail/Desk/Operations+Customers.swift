internal import CRDT
internal import Replica

/// Customers.
extension ShopOperation {
    static let customers: [ShopOperation] = [
        ShopOperation(
            "customer", "add", "Add a customer",
            [Parameter("id", "a number of its own; the next one of this till if it is not said")] + Form.customer.parameters
        ) { transaction, counter, filled in
            let id = try transaction.add(
                customer: filled.id("id"), filled.inputs(.customer), year: counter.year, at: counter.till)
            return try transaction.shown(id)
        },
        ShopOperation(
            "customer", "edit", "Edit a customer; a text that is empty takes it away",
            [.required("id", "the customer")] + Form.customer.parameters
        ) {
            transaction, _, filled in
            let id = try filled.requiredID("id")
            try transaction.edit(customer: id, filled.inputs(.customer))
            return try transaction.shown(id)
        },
        ShopOperation(
            "customer", "merge", "Say that two records are of one customer",
            [.required("id", "the record that turned out to be another's"), .required("into", "the record that is left")]
        ) { transaction, _, filled in
            let (id, into) = (try filled.requiredID("id"), try filled.requiredID("into"))
            try transaction.merge(customer: id, into: into)
            return try transaction.shown(transaction.survivor(of: id))
        },
        ShopOperation("customer", "part", "Take back that a record is another customer's", [.required("id", "the record")]) {
            transaction, _, filled in
            let id = try filled.requiredID("id")
            try transaction.part(customer: id)
            return try transaction.shown(id)
        },
        ShopOperation(
            "customer", "credit", "Say how much a customer may owe, and when it is due",
            [
                .required("id", "the customer"), Parameter("limit", .integer, "minor units"),
                Parameter("term_days", .integer, "days until a sale on account is due"),
            ]
        ) { transaction, counter, filled in
            guard counter.isHeadquarters else { throw DeskError.headquartersOnly }
            let id = try filled.requiredID("id")
            let left = try filled.integer("limit").map { try transaction.setCreditLimit(of: id, to: $0) } ?? 0
            if let days = filled.integer("term_days") { try transaction.setTerms(of: id, toDays: days) }
            let account = try transaction.account(of: id, at: transaction.origin)
            return [
                "id": .text("\(id)"), "limit": .integer(account.limit), "above_by": .integer(left),
                "balance": .integer(account.balance),
            ]
        },
        ShopOperation(
            "customer", "pay", "Take money on what a customer owes",
            [
                .required("id", "the customer"), .required("amount", .integer, "minor units"),
                Parameter("tender", "cash if it is not said"),
                Parameter("reference", "what the other side calls it"),
            ]
        ) { transaction, counter, filled in
            let id = try filled.requiredID("id")
            let payment = Payment(
                tender: filled.text("tender") ?? "cash", amount: try filled.requiredInteger("amount"),
                reference: filled.text("reference") ?? "")
            let number = try transaction.takeOnAccount(
                [payment], of: id, taken: counter.now, year: counter.year, at: counter.till)
            return [
                "number": .text("\(number)"),
                "balance": .integer(try transaction.account(of: id, at: transaction.origin).balance),
            ]
        },
        ShopOperation(
            "customer", "show", "Show a customer, with what is owed and the last orders", [.required("id", "the customer")]
        ) {
            replica, tables, _, filled in
            let id = try replica.survivor(of: filled.requiredID("id"))
            guard try replica.exists(RetailSchema.customer(id)) else { throw CustomerError.unknown(id, field: "id") }
            let account = try replica.account(of: id, at: replica.identity.origin)
            guard case .object(let members) = try replica.shown(id) else { return .nothing }
            return .object(
                members + [
                    .init("balance", .integer(account.balance)), .init("credit_limit", .integer(account.limit)),
                    .init("credit_held_here", .integer(account.held)), .init("term_days", .optional(account.termDays)),
                    .init(
                        "orders",
                        try tables.objects(
                            "SELECT number, store, placed, status, total FROM orders WHERE customer = ? ORDER BY placed DESC LIMIT 20",
                            [.id(id)])),
                ])
        },
        ShopOperation(
            "customer", "find", "Find customers by a part of a name, telephone number or address",
            [.required("text", "what to look for")]
        ) {
            _, tables, _, filled in
            let text = filled.text("text") ?? ""
            let digits = text.filter(\.isNumber)
            return try tables.objects(
                "SELECT id, name, phone, email, tier FROM customers WHERE merged_into IS NULL AND (id IN (SELECT id FROM search WHERE kind = 'customer' AND text LIKE ?1) OR (length(?2) > 2 AND digits LIKE ?3)) ORDER BY name, id LIMIT 100",
                [.text("%\(text)%"), .text(digits), .text("%\(digits)%")])
        },
    ]
}

extension RecordReader {
    fileprivate func shown(_ id: Identifier) throws -> DeskValue {
        let customer = try customer(id)
        return [
            "id": .text("\(id)"), "name": .optional(customer.name), "phone": .optional(customer.phone),
            "email": .optional(customer.email),
            "address": .optional(customer.address), "tier": .optional(customer.tier), "home": .optional(customer.home),
            "note": .optional(customer.note),
            "tags": .list(customer.tags.map { .text("\($0)") }),
            "merged_into": .optional(customer.mergedInto.map { "\($0)" }),
        ]
    }
}
