internal import CRDT

/// What the contents of one record lean on.
struct RecordHints {
    /// The last single id of the record.
    var echo: Identifier?
    /// The sum of the products of its amounts, if it has any.
    var amount: UInt64?

    /// Which part of the amount a choice predicts.
    static let divisors: [Int64] = [1, 10, 100, 1000]

    /// Takes in a content that later ones may be predicted from.
    mutating func note(_ content: Cell.Content, _ walk: inout PushWalk) {
        guard case .value(let value) = content else { return }
        switch value {
        case .identifier(let identifier):
            echo = identifier
            walk.tell(identifier)
        case .tuple(let items):
            for case .identifier(let identifier) in items { walk.tell(identifier) }
            if CellClass.content(of: content) == CellClass.amountContent { add(amount: items) }
        case .empty, .integer, .count, .moment, .text, .bytes: break
        }
    }

    private mutating func add(amount items: [Value]) {
        guard items.count == 3, case .integer(let count) = items[1], case .integer(let price) = items[2] else { return }
        amount = (amount ?? 0) &+ UInt64(bitPattern: count &* price)
    }
}
