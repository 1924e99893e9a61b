import CRDT

/// Registers: a read gives the highest by stamp and dot of the writes that no other visible write or remove has seen.
struct RegisterSpecification: Specification {
    private let slots = [
        SlotKey(field: 1), SlotKey(field: 2), SlotKey(field: 900_000, element: .index(7)),
    ]

    func perform(
        on record: inout Record, at version: Version, seeing visible: [Operation<[SlotWrite]>], origins: [Origin],
        random: inout SeededRandom
    ) -> [SlotWrite]? {
        (0...random.below(2)).map { _ in
            let write = SlotWrite(slot: random.below(slots.count), value: random.chance(75) ? random.below(9) : nil)
            if let value = write.value {
                record.assign(Self.value(value), to: slots[write.slot], at: version)
            } else {
                record.remove(slots[write.slot], at: version)
            }
            return write
        }
    }

    func check(_ record: Record, of owner: Origin, seeing visible: [Operation<[SlotWrite]>]) throws {
        for (index, slot) in slots.enumerated() {
            let live = visible.live(inSlot: index)
            let register = record.register(slot)
            try expectEqual(register?.value, live.first.map { Self.value($0.value) }, "winner of \(slot)")
            try expectEqual(
                register?.winner.dot.sequence, live.first?.operation.sequence, "sequence of the winner of \(slot)")
            let losers = live.indices.dropFirst().filter { index in
                !live[..<index].contains { $0.value == live[index].value }
            }.map { live[$0] }
            try expectEqual(
                (register?.losers ?? []).map { [$0.dot.origin.rawValue, $0.dot.sequence, $0.stamp.rawValue] },
                losers.map { [$0.operation.origin, $0.operation.sequence, $0.operation.stamp] }, "losers of \(slot)")
            try expectEqual(record[slot].filter { !$0.isMark }.count, live.count, "live cells of \(slot)")
        }
    }

    /// Distinct values of every shape.
    static func value(_ number: Int) -> Value {
        switch number {
        case 0: .empty
        case 1: .integer(0)
        case 2: .moment(0)
        case 3: .text("e\u{301}")
        case 4: .text("\u{e9}")
        case 5: .bytes([])
        case 6: .count(Count())
        case 7: .identifier(Identifier(number: 7, digits: 4))
        default: .tuple([.integer(0), .text("")])
        }
    }
}

/// Sets and maps: an element is there if some put of it was not seen by another visible put or remove of it.
///
/// Elements stand here in their order.
protocol ElementSpecification: Specification where Action == [SlotWrite] {
    static var values: [Value] { get }
}

private let field: UInt32 = 12
private let elements: [Element] = [
    .none, .index(0), .index(.max), .identifier(Identifier(number: 12, digits: 2)), .bytes([]), .bytes([0]),
]

extension ElementSpecification {
    func perform(
        on record: inout Record, at version: Version, seeing visible: [Operation<[SlotWrite]>], origins: [Origin],
        random: inout SeededRandom
    ) -> [SlotWrite]? {
        (0...random.below(3)).map { _ in
            let write = SlotWrite(
                slot: random.below(elements.count), value: random.chance(60) ? random.below(Self.values.count) : nil)
            let element = elements[write.slot]
            switch write.value {
            case .some(let value) where Self.values[value] != .empty:
                record.assign(Self.values[value], to: SlotKey(field: field, element: element), at: version)
            case .some: record.insert(element, in: field, at: version)
            case .none: record.remove(SlotKey(field: field, element: element), at: version)
            }
            return write
        }
    }

    func check(_ record: Record, of owner: Origin, seeing visible: [Operation<[SlotWrite]>]) throws {
        var present: [Element] = []
        var values: [Value?] = []
        for (index, element) in elements.enumerated() {
            guard let winner = visible.live(inSlot: index).first else { continue }
            present.append(element)
            values.append(Self.values[winner.value])
        }
        let found = record.elements(field)
        try expectEqual(found.entries.map(\.element), present, "elements")
        try expectEqual(found.entries.map(\.register.value), values, "values of the elements")
        for element in elements {
            try expectEqual(found.contains(element), present.contains(element), "whether \(element) is in the set")
        }
    }
}

struct SetSpecification: ElementSpecification {
    static let values: [Value] = [.empty]
}

struct MapSpecification: ElementSpecification {
    static let values: [Value] = [.integer(1), .integer(2), .text("two"), .empty]
}
