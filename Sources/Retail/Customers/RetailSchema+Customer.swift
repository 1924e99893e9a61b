public import CRDT
public import Replica

/// Who buys, and what is owed.
extension RetailSchema {
    /// In the scope `customers`, by the customer's id.
    public static let customer = Collection(
        30, "customer",
        [
            Field(Customer.phone, "phone", .register),
            Field(Customer.tier, "tier", .register),
            Field(Customer.home, "home", .register),
            Field(Customer.tags, "tags", .set),
            Field(Customer.name, "name", .register),
            Field(Customer.email, "email", .register),
            Field(Customer.address, "address", .register),
            Field(Customer.note, "note", .register),
            Field(Customer.mergedInto, "merged into", .register),
        ])

    /// What a customer may owe, and owes. In the scope `customers`, by the customer's id.
    public static let account = Collection(
        31, "account",
        [
            Field(Account.credit, "credit", .escrow()), Field(Account.charged, "charged", .counter),
            Field(Account.paid, "paid", .counter), Field(Account.terms, "terms", .register),
        ])

    /// Money that a customer pays on what is owed. In a store's books, by the payment's number.
    public static let accountPayment = Collection(
        19, "account payment",
        [
            Field(AccountPayment.taken, "taken", .register),
            Field(AccountPayment.payments, "payments", .facts(movements: AccountPayment.movements(ofPayment:_:))),
        ])

    static let customers = [customer, account, accountPayment]

    /// The field numbers of a customer.
    public enum Customer {
        public static let phone: UInt32 = 1
        public static let tier: UInt32 = 2
        public static let home: UInt32 = 3
        public static let tags: UInt32 = 4
        public static let name: UInt32 = 5
        public static let email: UInt32 = 6
        public static let address: UInt32 = 7
        public static let note: UInt32 = 8
        /// The id of the customer that this one turned out to be.
        public static let mergedInto: UInt32 = 9
    }

    /// The field numbers of an account.
    public enum Account {
        /// Rights to sell on account, in minor units: headquarters bring the limit into being, and whoever takes a payment what was paid.
        public static let credit: UInt32 = 1
        /// What was sold on account in all.
        public static let charged: UInt32 = 2
        /// What was paid on account in all, or credited.
        public static let paid: UInt32 = 3
        /// Days until a sale on account is due: an integer.
        public static let terms: UInt32 = 4
    }

    /// The field numbers of a payment on account, and what its facts move.
    public enum AccountPayment {
        public static let taken: UInt32 = 1
        /// Facts: (tender, integer amount, text reference, id customer).
        public static let payments: UInt32 = 2

        static func movements(ofPayment key: RecordKey, _ fact: Value) -> [Movement] {
            guard let items = TupleReader(fact, atLeast: 4), let amount = items.integer(1), amount > 0,
                let customer = items.identifier(3)
            else { return [] }
            return [Movement(RetailSchema.account(of: customer), Account.paid, amount)]
        }
    }

    public static func customer(_ id: Identifier) -> RecordKey {
        RecordKey(scope: Scope(.customers), collection: customer.number, id: id)
    }

    public static func account(of customer: Identifier) -> RecordKey {
        RecordKey(scope: Scope(.customers), collection: account.number, id: customer)
    }

    public static func accountPayment(_ id: Identifier, of store: UInt32) -> RecordKey {
        RecordKey(scope: Scope(.books, of: store), collection: accountPayment.number, id: id)
    }
}
