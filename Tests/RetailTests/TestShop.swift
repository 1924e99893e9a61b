import CRDT
import Replica
import Retail

/// A small chain's catalogue at HQ, and members that know it.
struct TestShop {
    /// Noon of 2026-03-02, UTC.
    static let noon: Int64 = 1_772_452_800_000

    let headquarters: TestMember

    /// Tea at 3.50, apples at 2.99 a kilogram, a shirt in two sizes at 20.00.
    init() throws {
        headquarters = try TestMember(0)
        try headquarters.perform { transaction in
            try transaction.setTax(try identifier("full"), rate: 1900, name: "full rate")
            try transaction.setTax(try identifier("food"), rate: 700)
            for (id, name) in [("drinks", "Drinks"), ("fruit", "Fruit"), ("clothes", "Clothes")] {
                try transaction.edit(RetailSchema.category(try identifier(id)), by: .category, [("name", .text(name))])
            }
            try transaction.edit(
                RetailSchema.product(try identifier("SHIRT")), by: .product,
                [("name", .text("Shirt")), ("category", .text("clothes")), ("axes", .texts(["size", "colour"]))])
            try transaction.edit(
                article: try identifier("TEA"),
                [("name", .text("Tea")), ("tax", .text("food")), ("category", .text("drinks"))],
                in: .chain)
            try transaction.edit(
                article: try identifier("APPLE"),
                [("name", .text("Apples")), ("tax", .text("food")), ("unit", .text("gram")), ("category", .text("fruit"))],
                in: .chain)
            for (size, colour) in [("M", "blue"), ("L", "red")] {
                try transaction.edit(
                    article: try identifier("SHIRT-\(size)"), [("product", .text("SHIRT")), ("tax", .text("full"))],
                    variant: [(try identifier("colour"), colour), (try identifier("size"), size)], in: .chain)
                try transaction.setPrice(of: try identifier("SHIRT-\(size)"), to: 2000, in: .chain)
            }
            try transaction.setPrice(of: try identifier("TEA"), to: 350, in: .chain)
            try transaction.setPrice(of: try identifier("APPLE"), to: 299, in: .chain)
        }
    }

    /// A store's machine that has the catalogue.
    func store(_ number: UInt32, machine: UInt64 = 0) throws -> TestMember {
        let store = try TestMember(number, machine: machine)
        try store.take(from: headquarters)
        return store
    }

    /// Lets a store's till give back so much without a right, in minor units: it asks, and HQ grants.
    func giveGoodwill(_ amount: UInt64, to member: TestMember, of store: UInt32) throws {
        let (key, field) = (RetailSchema.goodwill(of: store), RetailSchema.Goodwill.rights)
        try headquarters.perform {
            try $0.changeEscrow(field, of: key) { record, version throws(EscrowError) in
                try record.mint(amount, in: field, at: version)
            }
        }
        try member.perform {
            try $0.changeEscrow(field, of: key) { record, version throws(EscrowError) in
                try record.requestRights(amount, from: .anyIncarnation(of: 0), of: field, at: version)
            }
        }
        try headquarters.take(from: member)
        try headquarters.decide()
        try member.take(from: headquarters)
    }

    /// A till of a store that may have others, at noon.
    func till(_ number: UInt32, of store: UInt32) throws -> TestMember {
        if number != store {
            try headquarters.perform {
                try $0.set(RetailSchema.Member.store, of: RetailSchema.member(number), to: .integer(Int64(store)))
            }
        }
        let till = try self.store(number)
        till.now = Self.noon
        return till
    }
}

extension SaleLine {
    static func of(_ sku: String, _ quantity: Int64 = 1, at price: Int64 = 350) throws -> SaleLine {
        SaleLine(sku: try identifier(sku), quantity: quantity, unitPrice: price)
    }
}

extension Sale {
    /// Paid in cash, at noon.
    static func of(_ lines: SaleLine..., customer: String? = nil, year: Int = 2026) throws -> Sale {
        Sale(
            lines: lines, payments: [Payment(tender: "cash", amount: lines.reduce(0) { $0 + $1.amount })],
            customer: try customer.map(identifier), placed: TestShop.noon, year: year)
    }
}

extension TestMember {
    func sell(_ sale: Sale, at till: Till? = nil) throws -> Identifier {
        try perform { try $0.sell(sale, at: till ?? Till(number)) }
    }

    func view(_ number: Identifier, of store: UInt32 = 1) throws -> OrderView { try replica.order(number, of: store) }
}
