internal import CRDT

/// What a report comes to, by names: amounts in minor units, and counts.
///
/// Names: `documents KIND`; `sold`, `discounts` and `returned`, with the tax in them; `tax RATE`, of what was sold less what was returned;
/// `tender NAME`, what was paid by it less what was given back; `on account`, what customers paid on what they owe, which is in the
/// tenders, too; `cash float`, `cash in`, `cash out`, `cash expected`, `cash counted`, `cash difference`; `late documents`.
public struct DayFigures: Hashable, Sendable {
    public private(set) var amounts: [String: Int64] = [:]
    /// What was sold less what was returned, by rate.
    private var taxed: [Int64: Int64] = [:]

    public init() {}

    public subscript(name: String) -> Int64 { amounts[name] ?? 0 }

    mutating func add(_ amount: Int64, to name: String) {
        amounts[name] = self[name].addingWithinBounds(amount)
    }

    mutating func add(sold line: SaleLine) {
        add(line.amount, to: "sold")
        if line.discount != 0 { add(line.discount, to: "discounts") }
        taxed[line.taxRate, default: 0] = (taxed[line.taxRate] ?? 0).addingWithinBounds(line.amount)
    }

    mutating func add(returned line: ReturnedLine) {
        add(line.amount, to: "returned")
        taxed[line.taxRate, default: 0] = (taxed[line.taxRate] ?? 0).addingWithinBounds(0 &- line.amount)
    }

    mutating func add(_ payment: Payment) { add(payment.amount, to: "tender \(payment.tender)") }

    mutating func addTaxes(isIncluded: Bool) {
        for (rate, amount) in taxed where (0...10_000).contains(rate) && rate > 0 {
            add(Money.tax(amount, rate: rate, isIncluded: isIncluded), to: "tax \(rate)")
        }
    }

    mutating func addCash(float: Int64, moved: [Int64], counted: Int64) {
        add(float, to: "cash float")
        for amount in moved { add(Int64(clamping: amount.magnitude), to: amount < 0 ? "cash out" : "cash in") }
        let expected = ([float, self["tender \(Tender.cash.name)"]] + moved).sumWithinBounds
        add(expected, to: "cash expected")
        add(counted, to: "cash counted")
        add(counted.addingWithinBounds(0 &- expected), to: "cash difference")
    }
}

extension DayFigures {
    /// Facts, ascending by name.
    var values: [Value] {
        amounts.sorted { $0.key < $1.key }.compactMap { name, amount in
            Identifier(name).map { .tuple([.identifier($0), .integer(amount)]) }
        }
    }

    init(_ facts: some Sequence<Value>) {
        for fact in facts {
            guard let items = TupleReader(fact, atLeast: 2), let name = items.identifier(0), let amount = items.integer(1)
            else {
                continue
            }
            add(amount, to: "\(name)")
        }
    }

    /// The figures of several reports together.
    public init(sumOf reports: some Sequence<DayFigures>) {
        for report in reports { for (name, amount) in report.amounts { add(amount, to: name) } }
    }
}
