internal import CRDT

/// What registers say, by the kind of value that a field holds. A value of another kind, which only a faulty or newer program
/// writes, reads as none.
extension Record {
    func value(_ field: UInt32, _ element: Element = .none) -> Value? {
        register(SlotKey(field: field, element: element))?.value
    }

    func text(_ field: UInt32) -> String? {
        if case .text(let text) = value(field) { text } else { nil }
    }

    func integer(_ field: UInt32) -> Int64? {
        if case .integer(let number) = value(field) { number } else { nil }
    }

    func moment(_ field: UInt32) -> Int64? {
        if case .moment(let time) = value(field) { time } else { nil }
    }

    func identifier(_ field: UInt32) -> Identifier? {
        if case .identifier(let id) = value(field) { id } else { nil }
    }
}

/// The items of a tuple, each optional: what a fact says, read by position.
struct TupleReader {
    private let items: [Value]

    /// - Returns: nil for a value that is no tuple, or has fewer items than every such fact has.
    init?(_ value: Value?, atLeast count: Int) {
        guard case .tuple(let items) = value, items.count >= count else { return nil }
        self.items = items
    }

    func integer(_ index: Int) -> Int64? {
        if index < items.count, case .integer(let number) = items[index] { number } else { nil }
    }

    func moment(_ index: Int) -> Int64? {
        if index < items.count, case .moment(let time) = items[index] { time } else { nil }
    }

    func identifier(_ index: Int) -> Identifier? {
        if index < items.count, case .identifier(let id) = items[index] { id } else { nil }
    }

    func text(_ index: Int) -> String? {
        if index < items.count, case .text(let text) = items[index] { text } else { nil }
    }

    func bytes(_ index: Int) -> [UInt8]? {
        if index < items.count, case .bytes(let bytes) = items[index] { bytes } else { nil }
    }
}
