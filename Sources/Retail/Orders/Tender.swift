internal import CRDT

/// How an order was paid: the usual ways are numbered, others keep their name.
public enum Tender: Int64, CaseIterable, Sendable {
    case card = 0
    case cash = 1
    case mobile = 2
    case voucher = 3
    /// The customer owes it.
    case account = 4
    /// By way of a bank.
    case transfer = 5

    public var name: String {
        switch self {
        case .card: "card"
        case .cash: "cash"
        case .mobile: "mobile"
        case .voucher: "voucher"
        case .account: "account"
        case .transfer: "transfer"
        }
    }

    private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })

    static func value(of name: String) -> Value {
        byName[name].map { .integer($0.rawValue) } ?? .text(name)
    }

    static func name(of value: Value?) -> String? {
        switch value {
        case .integer(let code): Tender(rawValue: code)?.name
        case .text(let name): name
        default: nil
        }
    }
}

/// Money that changed hands, or that a customer owes from then on.
public struct Payment: Hashable, Sendable {
    /// `cash`, or any other way; see `Tender`.
    public var tender: String
    /// Minor units; below 0 is paid out.
    public var amount: Int64
    /// What the other side calls it: a slip's number, a transaction's.
    public var reference: String

    public init(tender: String, amount: Int64, reference: String = "") {
        (self.tender, self.amount, self.reference) = (tender, amount, reference)
    }

    static let nameLimit = 40
    static let referenceLimit = 100
}

extension Payment {
    /// A fact.
    ///
    /// - Parameter customer: whose account it goes to, if that is how it is paid.
    func value(for customer: Identifier?) -> Value {
        var items: [Value] = [Tender.value(of: tender), .integer(amount)]
        let owing = tender == Tender.account.name ? customer : nil
        if !reference.isEmpty || owing != nil { items.append(.text(reference)) }
        if let owing { items.append(.identifier(owing)) }
        return .tuple(items)
    }

    init?(_ value: Value) {
        guard case .tuple(let items) = value, items.count >= 2, let tender = Tender.name(of: items[0]),
            case .integer(let amount) = items[1]
        else { return nil }
        self.init(tender: tender, amount: amount, reference: TupleReader(value, atLeast: 2)?.text(2) ?? "")
    }
}
