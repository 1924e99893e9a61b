import CRDT
import Replica
import Retail
import Sync
import Testing

/// Customers that are known in several places, and what they owe.
@Suite struct AccountTests {
    private struct Chain {
        let headquarters: TestMember
        let one: TestMember
        let other: TestMember
        let customer: Identifier

        func meet() throws {
            let all = [headquarters, one, other]
            for member in all { for peer in all where peer !== member { try member.take(from: peer) } }
        }

        func decide() throws {
            var broker = EscrowBroker(RetailSchema.schema)
            _ = try broker?.decide(in: headquarters.replica.heldScopes, of: headquarters.replica, at: 2_000_000)
        }

        func account(_ member: TestMember) throws -> AccountView {
            try member.replica.account(of: customer, at: member.replica.identity.origin)
        }
    }

    /// A customer with a limit, of which each store has asked for a share.
    private func chain(limit: Int64, shares: [Int64]) throws -> Chain {
        let shop = try TestShop()
        let (one, other) = (try shop.store(1), try shop.store(2))
        let customer = try one.perform {
            try $0.add(customer: nil, [("name", .text("Li")), ("phone", .text("138"))], year: 2026, at: Till(1))
        }
        let chain = Chain(headquarters: shop.headquarters, one: one, other: other, customer: customer)
        try chain.meet()
        let rest = try shop.headquarters.perform { try $0.setCreditLimit(of: customer, to: limit) }
        #expect(rest == 0)
        for (member, share) in zip([one, other], shares) where share > 0 {
            #expect(try member.perform { try $0.requestCredit(share, of: customer, from: 0) })
        }
        try chain.meet()
        try chain.decide()
        try chain.meet()
        return chain
    }

    private func sale(_ customer: Identifier, _ quantity: Int64) throws -> Sale {
        var sale = try Sale.of(.of("TEA", quantity))
        (sale.customer, sale.payments[0].tender) = (customer, "account")
        return sale
    }

    @Test func `two cut-off stores never let a customer owe more than the limit`() throws {
        let chain = try chain(limit: 3500, shares: [2100, 1400])
        let customer = chain.customer
        #expect(try [chain.one, chain.other].map { try chain.account($0).held } == [2100, 1400])
        _ = try chain.one.sell(sale(customer, 6))
        _ = try chain.other.sell(sale(customer, 3))
        let refusal = try chain.other.refusal { _ = try $0.sell(try sale(customer, 2), at: Till(2)) }
        #expect(refusal?.code == "credit-exceeded" && refusal?.detail.contains("350") == true)
        #expect(try chain.other.stock("TEA", at: 2).sold == 3)
        _ = try chain.other.sell(sale(customer, 1))
        try chain.meet()
        for member in [chain.headquarters, chain.one, chain.other] {
            let account = try chain.account(member)
            #expect(account.balance == 3500 && account.limit == 3500 && account.charged == 3500 && account.held == 0)
        }
    }

    @Test func `what is paid may be owed again where it was paid, and elsewhere by request`() throws {
        let chain = try chain(limit: 1000, shares: [1000, 0])
        let customer = chain.customer
        _ = try chain.one.sell(sale(customer, 2))
        let number = try chain.other.perform {
            try $0.takeOnAccount(
                [Payment(tender: "cash", amount: 400)], of: customer, taken: TestShop.noon, year: 2026, at: Till(2))
        }
        #expect("\(number)" == "P.2-26-000001")
        _ = try chain.other.sell(sale(customer, 1))
        try chain.meet()
        for member in [chain.headquarters, chain.one, chain.other] {
            let account = try chain.account(member)
            #expect(account.balance == 650 && account.paid == 400 && account.limit == 1000)
        }
        #expect(try [chain.one, chain.other].map { try chain.account($0).held } == [300, 50])
    }

    @Test func `goods that come back are credited to the account that they were charged to`() throws {
        let chain = try chain(limit: 1000, shares: [700, 0])
        let number = try chain.one.sell(sale(chain.customer, 2))
        let refund = Refund(
            order: number, store: 1, lines: [.init(sku: try identifier("TEA"), quantity: 1)], tender: "account",
            placed: TestShop.noon, year: 2026)
        _ = try chain.one.perform { try $0.refund(refund, at: Till(1)) }
        let account = try chain.account(chain.one)
        #expect(account.charged == 700 && account.paid == 350 && account.balance == 350)
        #expect(account.held == 350 && account.limit == 1000)
    }

    @Test func `a limit is lowered as far as rights are here, and the rest is said`() throws {
        let chain = try chain(limit: 1000, shares: [600, 0])
        let rest = try chain.headquarters.perform { try $0.setCreditLimit(of: chain.customer, to: 100) }
        #expect(rest == 500, "a store may be spending that now")
        #expect(try chain.account(chain.headquarters).limit == 600)
        #expect(try chain.headquarters.perform { try $0.setCreditLimit(of: chain.customer, to: 700) } == 0)
        #expect(try chain.account(chain.headquarters).limit == 700)
        #expect(try chain.headquarters.refusal { _ = try $0.setCreditLimit(of: chain.customer, to: -1) }?.field == "limit")
        #expect(
            try chain.headquarters.refusal { _ = try $0.setCreditLimit(of: try identifier("NOBODY"), to: 1) }?.code
                == "unknown-customer")
    }

    @Test func `bad payments on account are refused`() throws {
        let chain = try chain(limit: 1000, shares: [0, 0])
        func code(_ payments: [Payment], taken: Int64 = 0) throws -> String? {
            try chain.one.refusal {
                _ = try $0.takeOnAccount(payments, of: chain.customer, taken: taken, year: 2026, at: Till(1))
            }?.code
        }
        #expect(try code([]) == "payment-count")
        #expect(try code([Payment(tender: "cash", amount: 0)]) == "out-of-range")
        #expect(try code([Payment(tender: "account", amount: 5)]) == "malformed-tender")
        #expect(try code([Payment(tender: "cash", amount: 5)], taken: -1) == "out-of-range")
        #expect(try chain.one.refusal { try $0.setTerms(of: chain.customer, toDays: -1) }?.field == "terms")
        try chain.one.perform { try $0.setTerms(of: chain.customer, toDays: 30) }
        #expect(try chain.account(chain.one).termDays == 30)
    }

    // MARK: Who is who

    @Test func `customers are numbered where they are added, and edited field by field anywhere`() throws {
        let chain = try chain(limit: 0, shares: [0, 0])
        #expect("\(chain.customer)" == "K.1-26-000001")
        try chain.one.perform {
            try $0.edit(customer: chain.customer, [("tags", .texts(["vip", "app"])), ("name", .text("Li Wei"))])
        }
        try chain.other.perform {
            try $0.edit(
                customer: chain.customer,
                [("address", .text("1 High St\nTown")), ("tags", .tags(adding: ["app"], removing: []))])
        }
        try chain.one.perform { try $0.edit(customer: chain.customer, [("tags", .tags(adding: [], removing: ["app"]))]) }
        try chain.meet()
        let view = try chain.one.replica.customer(chain.customer)
        #expect(view.name == "Li Wei" && view.address == "1 High St\nTown" && view.phone == "138")
        #expect(try Set(view.tags) == Set(["vip", "app"].map(identifier)), "who adds without having seen the removal wins")
        #expect(try view == chain.other.replica.customer(chain.customer))
        #expect(
            try chain.one.refusal { try $0.edit(customer: try identifier("X"), [("name", .text("A"))]) }?.code
                == "unknown-customer")
        #expect(
            try chain.one.refusal { _ = try $0.add(customer: chain.customer, [("name", .text("B"))], year: 2026, at: Till(1)) }?
                .code
                == "exists")
    }

    @Test func `two records of one customer become one, and nothing of either is lost`() throws {
        let chain = try chain(limit: 0, shares: [0, 0])
        let double = try chain.other.perform {
            try $0.add(customer: nil, [("name", .text("W. Li")), ("email", .text("li@example.com"))], year: 2026, at: Till(2))
        }
        _ = try chain.other.sell(Sale.of(.of("TEA"), customer: "\(double)"))
        try chain.meet()
        try chain.one.perform { try $0.merge(customer: double, into: chain.customer) }
        try chain.meet()
        #expect(try chain.other.replica.survivor(of: double) == chain.customer)
        #expect(try chain.other.replica.customer(double).name == "W. Li")
        #expect(try chain.other.refusal { try $0.merge(customer: chain.customer, into: double) }?.code == "merged-in-circle")
        #expect(try chain.other.refusal { try $0.merge(customer: double, into: double) }?.code == "merged-in-circle")
        #expect(try chain.other.refusal { try $0.merge(customer: double, into: try identifier("NOBODY")) }?.field == "into")
        try chain.other.perform { try $0.part(customer: double) }
        #expect(try chain.other.replica.survivor(of: double) == double)
        #expect(try chain.other.refusal { try $0.part(customer: double) }?.code == "not-merged")
    }

    @Test func `two islands that merge two customers into each other agree on who is left`() throws {
        let chain = try chain(limit: 0, shares: [0, 0])
        let double = try chain.other.perform { try $0.add(customer: nil, [("name", .text("W. Li"))], year: 2026, at: Till(2)) }
        try chain.meet()
        try chain.one.perform { try $0.merge(customer: double, into: chain.customer) }
        try chain.other.perform { try $0.merge(customer: chain.customer, into: double) }
        try chain.meet()
        for member in [chain.headquarters, chain.one, chain.other] {
            #expect(
                try [chain.customer, double].map { try member.replica.survivor(of: $0) } == [chain.customer, chain.customer])
        }
    }
}
