/// The elements of a set or a map: each is a slot of its own.
///
/// Adding or setting an element replaces the cells of that element which the writer sees; a remove leaves a touch mark in
/// their place. An add that is concurrent with a remove wins; concurrent values of one element rank like a register's.
/// Source: Bieniusa et al., "An Optimized Conflict-free Replicated Set" (2012).
public struct Elements: Hashable, Sendable {
    /// Ascending by element.
    public let entries: [Entry]

    public struct Entry: Hashable, Sendable {
        public let element: Element
        public let register: Register
    }

    public func contains(_ element: Element) -> Bool {
        entries.contains { $0.element == element }
    }
}

extension Record {
    /// Adds an element to a set; adding one again renews it, so that a concurrent remove does not take it away.
    public mutating func insert(_ element: Element, in field: UInt32, at version: Version) {
        let slot = SlotKey(field: field, element: element)
        if Mutants.isOn("present-element-not-renewed"), register(slot) != nil { return }
        assign(.empty, to: slot, at: version)
    }

    /// The elements of a set, or the elements of a map with their values.
    public func elements(_ field: UInt32) -> Elements {
        var entries: [Elements.Entry] = []
        for slot in slots(ofField: field) {
            if let register = register(slot) { entries.append(.init(element: slot.element, register: register)) }
        }
        return Elements(entries: entries)
    }

    /// Each slot of a field once, ascending, those that hold nothing but touch marks included.
    public func slots(ofField field: UInt32) -> [SlotKey] {
        var slots: [SlotKey] = []
        for cell in cells(ofField: field) where cell.slot != slots.last { slots.append(cell.slot) }
        return slots
    }
}
