extension Plan {
    /// A part of one of the events.
    struct Part: Hashable {
        let event: Int
        let path: WrittenValue.Path
    }

    /// What events can do without, each by itself: a customer, a line of a sale, a tag.
    var optionalParts: [Part] {
        events.indices.flatMap { index -> [Part] in
            guard let written = events[index].written else { return [] }
            return written.paths.filter { PlannedEvent(written.leavingOut([$0])) != nil }.map { Part(event: index, path: $0) }
        }
    }

    /// - Returns: nil if no reader takes what is left.
    func leavingOut(_ parts: [Part]) -> Plan? {
        replacingEvents(Set(parts.map(\.event))) { index, written in
            written.leavingOut(Set(parts.filter { $0.event == index }.map(\.path)))
        }
    }

    /// A number in one of the events, by how far it is from the least that makes sense: nothing, or one of each in a list.
    struct Quantity {
        let part: Part
        let least: Int64
        let excess: Int64

        /// It is neither a time nor the number of a machine.
        var isFree: Bool { part.path.last.map { $0 != "at" && !PlannedEvent.machineKeys.contains($0) } ?? false }
    }

    /// All that are above the least, but for times and the numbers of machines.
    var quantities: [Quantity] {
        var quantities: [Quantity] = []
        for index in events.indices {
            _ = events[index].written?.mapping { path, value in
                if case .integer(let wide) = value, let number = Int64(exactly: wide), number != 0 {
                    let least: Int64 = path.count > 1 ? 1 : 0
                    let quantity = Quantity(part: Part(event: index, path: path), least: least, excess: number - least)
                    if quantity.excess != 0, quantity.isFree { quantities.append(quantity) }
                }
                return value
            }
        }
        return quantities
    }

    /// - Returns: nil if no reader takes it.
    func replacing(_ quantities: [Quantity], with excesses: [Int64]) -> Plan? {
        var numbers: [Part: Int64] = [:]
        for (quantity, excess) in zip(quantities, excesses) { numbers[quantity.part] = quantity.least + excess }
        return replacingEvents(Set(quantities.map(\.part.event))) { index, written in
            written.mapping { path, value in
                numbers[Part(event: index, path: path)].map { .integer(Int128($0)) } ?? value
            }
        }
    }

    private static let prefixes = ["order": "O", "customer": "C", "receipt": "R", "sku": "P"]

    /// The same with short names for orders, customers, receipts and articles, by the order in which they come.
    var plainlyNamed: Plan? {
        var names: [String: [String: String]] = [:]
        return replacingEvents(Set(events.indices)) { _, written in
            written.mapping { path, value in
                guard let key = path.last, let prefix = Self.prefixes[key], case .text(let old) = value else { return value }
                let name = names[key]?[old] ?? "\(prefix)\((names[key]?.count ?? 0) + 1)"
                names[key, default: [:]][old] = name
                return .text(name)
            }
        }
    }

    private func replacingEvents(_ indices: Set<Int>, by change: (Int, WrittenValue) -> WrittenValue) -> Plan? {
        var plan = self
        for index in indices.sorted() {
            guard let event = events[index].written.flatMap({ PlannedEvent(change(index, $0)) }) else { return nil }
            plan.events[index] = event
        }
        return plan
    }
}
