public import CRDT
public import Replica

/// What a customer owes, and may owe.
public struct AccountView: Hashable, Sendable {
    /// Minor units that were sold on account in all, and paid in all, as far as is known here.
    public let charged: Int64
    public let paid: Int64
    /// Minor units that may be owed at most.
    public let limit: Int64
    /// Minor units that may still be sold on account by this replica, without asking anybody.
    public let held: Int64
    /// Days until a sale on account is due.
    public let termDays: Int64?

    /// Minor units that are owed; below 0 is paid in advance.
    public var balance: Int64 { charged - paid }

    public init(_ record: Record, at origin: Origin) {
        typealias Field = RetailSchema.Account
        let credit = record.escrow(Field.credit)
        charged = record.counter(Field.charged).value
        paid = record.counter(Field.paid).value
        limit = Int64(credit.minted) - Int64(credit.retired) - paid
        held = max(0, credit.rights(of: origin))
        termDays = record.integer(Field.terms)
    }
}

extension Transaction {
    /// Says how much a customer may owe. More is brought into being at once; of less only what is held here is taken back, because
    /// the rest may be spent meanwhile: whoever sets the limit says it again when rights have come back.
    ///
    /// - Parameter limit: minor units.
    /// - Returns: how far the limit in force is still above what was asked for.
    public func setCreditLimit(of customer: Identifier, to limit: Int64) throws -> Int64 {
        guard (0...Money.limit).contains(limit) else { throw CustomerError.limitOutOfRange }
        guard try exists(RetailSchema.customer(customer)) else { throw CustomerError.unknown(customer, field: "customer") }
        let (key, field) = (RetailSchema.account(of: customer), RetailSchema.Account.credit)
        let account = AccountView(try record(key), at: origin)
        let (more, less) = (max(0, limit - account.limit), max(0, account.limit - limit))
        let retired = min(less, account.held)
        try changeEscrow(field, of: key) { record, version throws(EscrowError) in
            if more > 0 { try record.mint(UInt64(more), in: field, at: version) }
            if retired > 0 { try record.retire(UInt64(retired), in: field, at: version) }
        }
        return less - retired
    }

    /// Says in how many days a sale on account is due; nil: at once.
    public func setTerms(of customer: Identifier, toDays days: Int64?) throws {
        guard try exists(RetailSchema.customer(customer)) else { throw CustomerError.unknown(customer, field: "customer") }
        guard (0...3650).contains(days ?? 0) else { throw CustomerError.termsOutOfRange }
        let key = RetailSchema.account(of: customer)
        guard let days else { return try remove(RetailSchema.Account.terms, of: key) }
        try set(RetailSchema.Account.terms, of: key, to: .integer(days))
    }

    /// Asks whoever sets the limit for more of it; the answer comes by itself when both can talk.
    ///
    /// - Parameter grantor: a member number.
    /// - Returns: false if it was asked for already.
    public func requestCredit(_ amount: Int64, of customer: Identifier, from grantor: UInt32) throws -> Bool {
        guard amount > 0, amount <= Money.limit, grantor != origin.member else { return false }
        let field = RetailSchema.Account.credit
        do {
            try changeEscrow(field, of: RetailSchema.account(of: customer)) { record, version throws(EscrowError) in
                try record.requestRights(UInt64(amount), from: .anyIncarnation(of: grantor), of: field, at: version)
            }
            return true
        } catch ReplicaError.escrow(_, _, .requestOpen) {
            return false
        }
    }

    /// Takes money on what a customer owes: so much may be owed again.
    ///
    /// - Parameters:
    ///   - taken: milliseconds since 1970.
    ///   - year: the legal year, as 2026, where the till stands.
    /// - Returns: the payment's number, which is final.
    public func takeOnAccount(
        _ payments: [Payment], of customer: Identifier, taken: Int64, year: Int, at till: Till
    ) throws -> Identifier {
        guard try exists(RetailSchema.customer(customer)) else { throw CustomerError.unknown(customer, field: "customer") }
        guard OrderRules.moments.contains(taken) else { throw CustomerError.momentOutOfRange }
        guard !payments.isEmpty else { throw OrderError.paymentCount(0) }
        try OrderRules.check(payments, by: customer)
        if let index = payments.firstIndex(where: { $0.tender == Tender.account.name }) {
            throw OrderError.payment(index, .malformedTender)
        }
        let number = try draw(.accountPayment, year: year, at: till)
        let key = RetailSchema.accountPayment(number, of: till.store)
        try set(RetailSchema.AccountPayment.taken, of: key, to: .moment(taken))
        for payment in payments {
            let fact = Value.tuple([
                Tender.value(of: payment.tender), .integer(payment.amount), .text(payment.reference), .identifier(customer),
            ])
            try state(fact, in: RetailSchema.AccountPayment.payments, of: key)
        }
        try credit(payments.map(\.amount).sumWithinBounds, to: customer)
        return number
    }

    /// Spends rights for what is sold on account, and brings into being what is credited to it: never more is owed than the limit,
    /// whatever islands there are.
    func settleAccount(_ payments: [Payment], of customer: Identifier?) throws {
        let sum = payments.filter { $0.tender == Tender.account.name }.map(\.amount).sumWithinBounds
        guard let customer, sum != 0 else { return }
        guard sum > 0 else { return try credit(-sum, to: customer) }
        let (key, field) = (RetailSchema.account(of: customer), RetailSchema.Account.credit)
        do {
            try changeEscrow(field, of: key) { record, version throws(EscrowError) in
                try record.use(UInt64(sum), of: field, at: version)
            }
        } catch ReplicaError.escrow(_, _, .insufficient(let rights, _)) {
            throw CustomerError.creditExceeded(held: rights, wanted: sum)
        }
    }

    private func credit(_ amount: Int64, to customer: Identifier) throws {
        let field = RetailSchema.Account.credit
        try changeEscrow(field, of: RetailSchema.account(of: customer)) { record, version throws(EscrowError) in
            try record.mint(UInt64(amount), in: field, at: version)
        }
    }
}

extension RecordReader {
    /// - Parameter origin: who would sell on account.
    public func account(of customer: Identifier, at origin: Origin) throws -> AccountView {
        AccountView(try record(RetailSchema.account(of: customer)), at: origin)
    }
}
