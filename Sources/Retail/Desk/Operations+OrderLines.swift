internal import CRDT
internal import Replica

/// What is changed of an order's lines, and the rights to take goods back.
extension ShopOperation {
    static let orderLines: [ShopOperation] = [
        ShopOperation(
            "order", "change", "Change an ordered line as long as the order is open",
            [
                OrderParameters.number, .required("line", "its name, as order show says"), OrderParameters.store,
                Parameter("quantity", .integer, "of the article's smallest unit; 0 takes the line out"),
                Parameter("unit_price", .integer, "minor units"), Parameter("discount", .integer, "minor units off the line"),
                Parameter("note", "what the customer wants it to be"),
            ]
        ) { transaction, counter, filled in
            let (number, store) = (try filled.requiredID("number"), try transaction.store("store", in: filled, at: counter))
            try transaction.change(line: filled.text("line") ?? "", of: number, of: store) { line in
                line.quantity = filled.integer("quantity") ?? line.quantity
                line.unitPrice = filled.integer("unit_price") ?? line.unitPrice
                line.discount = filled.integer("discount") ?? line.discount
                line.note = filled.text("note") ?? line.note
            }
            return try transaction.receipt(number, store)
        },
        ShopOperation(
            "order", "add", "Add lines to an open order",
            [OrderParameters.number, .required("lines", .list(OrderParameters.line), "what is added"), OrderParameters.store]
        ) { transaction, counter, filled in
            let (number, store) = (try filled.requiredID("number"), try transaction.store("store", in: filled, at: counter))
            let customer = try transaction.order(number, of: store).customer
            try transaction.add(transaction.lines(filled, for: customer, at: counter), to: number, of: store)
            return try transaction.receipt(number, store)
        },
        ShopOperation(
            "order", "ask-return", "Ask the till that sold for the right to take goods back; the answer comes by itself",
            [
                OrderParameters.number, .required("sku", "the article"), OrderParameters.store,
                Parameter("quantity", .integer, "of its smallest unit; 1 if it is not said"),
            ]
        ) { transaction, counter, filled in
            let (number, store) = (try filled.requiredID("number"), try transaction.store("store", in: filled, at: counter))
            let isAsked = try transaction.requestReturn(
                of: filled.integer("quantity") ?? 1, filled.requiredID("sku"), with: number, of: store)
            return ["number": .text("\(number)"), "asked": .flag(isAsked)]
        },
        ShopOperation(
            "order", "goodwill", "Say how much a store may give back without that right",
            [.required("store", .store, "the store"), .required("amount", .integer, "minor units that are added")]
        ) { transaction, counter, filled in
            guard counter.isHeadquarters else { throw DeskError.headquartersOnly }
            let (amount, store) = (
                try filled.requiredInteger("amount"), try transaction.store("store", in: filled, at: counter)
            )
            guard (1...Money.limit).contains(amount) else {
                throw CatalogueError.amountOutOfRange(field: "amount", limit: Money.limit)
            }
            let (key, field) = (RetailSchema.goodwill(of: store), RetailSchema.Goodwill.rights)
            try transaction.changeEscrow(field, of: key) { record, version throws(EscrowError) in
                try record.mint(UInt64(amount), in: field, at: version)
            }
            return [
                "store": .integer(Int64(store)), "minted": .integer(Int64(try transaction.record(key).escrow(field).minted)),
            ]
        },
        ShopOperation(
            "order", "ask-goodwill", "Ask headquarters for some of this store's goodwill; the answer comes by itself",
            [.required("amount", .integer, "minor units")]
        ) { transaction, counter, filled in
            let (key, field) = (RetailSchema.goodwill(of: counter.till.store), RetailSchema.Goodwill.rights)
            let isAsked = try transaction.ask(for: filled.requiredInteger("amount"), of: field, in: key)
            return [
                "asked": .flag(isAsked),
                "held": .integer(try transaction.record(key).escrow(field).rights(of: transaction.origin)),
            ]
        },
        ShopOperation(
            "customer", "ask-credit",
            "Ask headquarters for rights to sell to a customer on account; the answer comes by itself",
            [.required("id", "the customer"), .required("amount", .integer, "minor units")]
        ) { transaction, _, filled in
            let id = try filled.requiredID("id")
            guard try transaction.exists(RetailSchema.customer(id)) else { throw CustomerError.unknown(id, field: "id") }
            let isAsked = try transaction.ask(
                for: filled.requiredInteger("amount"), of: RetailSchema.Account.credit, in: RetailSchema.account(of: id))
            return ["asked": .flag(isAsked), "held": .integer(try transaction.account(of: id, at: transaction.origin).held)]
        },
    ]

    /// Which prices hold for whom, and how scales print.
    static let priceLists: [ShopOperation] = [
        ShopOperation(
            "product", "list-for", "Say which price list holds for a tier of customers, or for a store",
            [
                Parameter("tier", "the tier"), Parameter("store", .store, "the store"),
                Parameter("list", .integer, "its number; none but the retail list if it is not said"),
            ]
        ) { transaction, counter, filled in
            guard counter.isHeadquarters else { throw DeskError.headquartersOnly }
            let number = filled.integer("list")
            guard number == nil || number.flatMap(UInt16.init(exactly:)) != nil else {
                throw DeskError.wrongKind("list", expected: "a number up to 65535")
            }
            let list = number.flatMap(UInt16.init(exactly:))
            guard filled.has("tier") != filled.has("store") else { throw DeskError.missing("tier") }
            if let tier = try filled.id("tier") {
                try transaction.setList(list, for: .identifier(tier), in: RetailSchema.Settings.listsByTier)
            } else {
                let store = try transaction.store("store", in: filled, at: counter)
                try transaction.setList(list, for: .index(UInt64(store)), in: RetailSchema.Settings.listsByStore)
            }
            return ["list": .optional(number)]
        },
        ShopOperation(
            "product", "scale", "Say how the chain's scales print weights or prices",
            [
                .required("pattern", "13 places, as 21IIIIIWWWWWC: I the article, W a weight, P a price, C the check digit"),
                Parameter("unused", .flag, "it is used no more"),
            ]
        ) { transaction, counter, filled in
            guard counter.isHeadquarters else { throw DeskError.headquartersOnly }
            do {
                try transaction.setMeasurePattern(MeasurePattern(filled.text("pattern") ?? ""), isUsed: !filled.flag("unused"))
            } catch let error as ScanCodeError {
                throw CatalogueError.scan(error)
            }
            return ["pattern": .optional(filled.text("pattern"))]
        },
    ]
}

extension Transaction {
    /// - Returns: false if it was asked for already, or this is who would be asked.
    fileprivate func ask(for amount: Int64, of field: UInt32, in key: RecordKey) throws -> Bool {
        guard (1...Money.limit).contains(amount) else {
            throw CatalogueError.amountOutOfRange(field: "amount", limit: Money.limit)
        }
        guard origin.member != 0 else { return false }
        do {
            try changeEscrow(field, of: key) { record, version throws(EscrowError) in
                try record.requestRights(UInt64(amount), from: .anyIncarnation(of: 0), of: field, at: version)
            }
            return true
        } catch ReplicaError.escrow(_, _, .requestOpen) {
            return false
        }
    }
}
