public import CRDT

/// A line of an order that has not wholly left yet: what was ordered, as it was changed since, and how much of it was handed over.
public struct OrderedLine: Hashable, Sendable {
    /// The name of the line within its order; see `lineID`.
    public let id: String
    /// The identity of the fact by which it was ordered.
    public let fact: FactID
    /// As it stands; a quantity of 0 was taken out.
    public let line: SaleLine
    /// As it was ordered.
    public let original: SaleLine
    /// Of the quantity, as far as is known here. More than that, where two islands handed the same goods over.
    public let handedOver: Int64
    /// What others wrote at the same time, without seeing what is shown.
    public let losers: [SaleLine]

    /// What is still to be handed over.
    public var open: Int64 { max(0, line.quantity - handedOver) }
}

/// What a line says now that was changed: a map's value.
enum LineChange {
    static func value(_ line: SaleLine) -> Value {
        .tuple([.integer(line.quantity), .integer(line.unitPrice), .integer(line.discount), .text(line.note)])
    }

    /// - Returns: the line with the change; nil for a value that is none.
    static func line(_ original: SaleLine, changedBy value: Value?) -> SaleLine? {
        guard let items = TupleReader(value, atLeast: 4), let quantity = items.integer(0), let price = items.integer(1),
            let discount = items.integer(2), let note = items.text(3)
        else { return nil }
        var line = original
        (line.quantity, line.unitPrice, line.discount, line.note) = (quantity, price, discount, note)
        return line
    }
}

extension FactID {
    /// How people and programs name a line of an order: the till that wrote it, and its place in what that wrote.
    var lineID: String { "\(String(run.origin.member, radix: 36, uppercase: true)).\(sequence).\(index)" }
}
