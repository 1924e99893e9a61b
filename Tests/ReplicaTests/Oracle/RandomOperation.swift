import CRDT
import Replica
import Simulation

/// Thrown by a transaction's body on purpose.
struct Abandoned: Error {}

/// Draws calls of a transaction, makes them, and says what they must have done.
struct RandomOperation {
    let origin: Origin
    let others: [Origin]
    let oracle: FoldOracle
    /// The writer's vectors before the transaction.
    let vectors: [Scope: VersionVector]
    /// Whether every removal has left its mark: not behind a snapshot of somebody who collected them.
    var hasAllMarks = true
    private(set) var effects: [Effect] = []

    init(by site: Site, among others: [Origin], _ oracle: FoldOracle) {
        origin = site.identity.origin
        self.others = others
        self.oracle = oracle
        vectors = site.vectors
    }

    mutating func perform(_ transaction: Transaction, _ random: inout SeededRandom) throws {
        let scope = TestSchema.scopes.randomElement(using: &random) ?? .chain
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<6: try changeTicket(TestSchema.ticket(Int.random(in: 1...3, using: &random), in: scope), transaction, &random)
        case 6, 7:
            let key = TestSchema.tally(Int.random(in: 1...2, using: &random), beside: scope)
            try state(Self.movement(&random), TestSchema.Tally.corrections, key, transaction)
        default:
            let key = TestSchema.album(Int.random(in: 1...2, using: &random), in: scope)
            let field = TestSchema.Album.stickers
            switch Int.random(in: 0..<4, using: &random) {
            case 0: try state(.text("event \(random.next() % 10)"), TestSchema.Album.events, key, transaction)
            case 1: try remove(Self.slot(field, &random), key, transaction)
            default: try insert(Self.slot(field, &random), key, transaction)
            }
        }
    }

    private mutating func changeTicket(_ key: RecordKey, _ transaction: Transaction, _ random: inout SeededRandom) throws {
        let registers = [TestSchema.Ticket.title, TestSchema.Ticket.note]
        let register = SlotKey(field: registers.randomElement(using: &random) ?? 1)
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1: try set(register, key, transaction, &random)
        case 2: try remove(register, key, transaction)
        case 3: try set(Self.slot(TestSchema.Ticket.prices, &random), key, transaction, &random)
        case 4: try remove(Self.slot(TestSchema.Ticket.prices, &random), key, transaction)
        case 5: try insert(Self.slot(TestSchema.Ticket.labels, &random), key, transaction)
        case 6: try remove(Self.slot(TestSchema.Ticket.labels, &random), key, transaction)
        case 7, 8: try advance(Int64.random(in: 1...5, using: &random), key, transaction)
        case 9, 10: try state(Self.movement(&random), TestSchema.Ticket.moves, key, transaction)
        default: try changeQuota(key, transaction, &random)
        }
    }

    private mutating func set(
        _ slot: SlotKey, _ key: RecordKey, _ transaction: Transaction, _ random: inout SeededRandom
    ) throws {
        let value = Self.value(&random)
        if slot.element == .none {
            try transaction.set(slot.field, of: key, to: value)
        } else {
            try transaction.set(slot.field, slot.element, of: key, to: value)
        }
        let read = try transaction.record(key).register(slot)
        try require(read?.value == value && read?.losers == [], "\(key): a transaction does not read its own write")
        effects.append(Effect(key: key, slot: slot, change: .assign(value)))
    }

    private mutating func insert(_ slot: SlotKey, _ key: RecordKey, _ transaction: Transaction) throws {
        try transaction.insert(slot.element, into: slot.field, of: key)
        effects.append(Effect(key: key, slot: slot, change: .assign(.empty)))
    }

    private mutating func remove(_ slot: SlotKey, _ key: RecordKey, _ transaction: Transaction) throws {
        let isEmpty = try transaction.record(key)[slot].isEmpty
        let visible = pending(key).filter { $0.effect.slot == slot }
        try require(visible.isEmpty == isEmpty || !hasAllMarks, "\(key): a slot's cells or mark are missing: \(slot)")
        try transaction.remove(slot.field, slot.element, of: key)
        if !isEmpty { effects.append(Effect(key: key, slot: slot, change: .remove)) }
    }

    private mutating func advance(_ state: Int64, _ key: RecordKey, _ transaction: Transaction) throws {
        let field = TestSchema.Ticket.state
        let seen = pending(key).compactMap { trace -> Int64? in
            if case .advance(let state) = trace.effect.change { state } else { nil }
        }
        let isOwnBranch = effects.contains { effect in
            guard effect.key == key, case .advance(let other) = effect.change else { return false }
            return !TestSchema.above[other, default: []].contains(state)
        }
        let goesBack = seen.contains { $0 == state || TestSchema.above[state, default: []].contains($0) }
        do {
            try transaction.advance(field, of: key, to: state)
            try require(!goesBack && !isOwnBranch, "\(key): went to \(state), having seen \(seen)")
            effects.append(Effect(key: key, slot: SlotKey(field: field), change: .advance(state)))
        } catch ReplicaError.progress {
            try require(goesBack || isOwnBranch, "\(key): \(state) was refused, having seen \(seen)")
        }
    }

    private mutating func state(_ fact: Value, _ field: UInt32, _ key: RecordKey, _ transaction: Transaction) throws {
        try transaction.state(fact, in: field, of: key)
        let index = effects.count { effect in
            guard case .fact = effect.change else { return false }
            return effect.key == key && effect.slot.field == field
        }
        effects.append(Effect(key: key, slot: SlotKey(field: field, element: .index(UInt64(index))), change: .fact(fact)))
        for movement in TestSchema.movements(key, fact) where movement.amount != 0 {
            effects.append(Effect(key: movement.key, slot: SlotKey(field: movement.field), change: .count(movement.amount)))
        }
    }

    private mutating func changeQuota(_ key: RecordKey, _ transaction: Transaction, _ random: inout SeededRandom) throws {
        let field = TestSchema.Ticket.quota
        let amount = UInt64.random(in: 1...9, using: &random)
        let peer = others.randomElement(using: &random) ?? origin
        let rights = EscrowFold(pending(key).filter { $0.effect.slot.field == field }).rights(of: origin)
        var change: Effect.Change?
        do {
            change = try transaction.changeEscrow(field, of: key) { record, version throws(EscrowError) in
                switch Int.random(in: 0..<5, using: &random) {
                case 0:
                    try record.mint(amount, in: field, at: version)
                    return .mint(amount)
                case 1:
                    try record.use(amount, of: field, at: version)
                    return .use(amount)
                case 2:
                    try record.release(amount, of: field, at: version)
                    return .release(amount)
                case 3:
                    try record.requestRights(amount, from: peer, of: field, at: version)
                    return .request(amount, from: peer)
                default:
                    let granted = try record.grantRights(to: peer, of: field, keeping: 0, at: version)
                    return granted.map { .grant($0, to: peer) }
                }
            }
        } catch ReplicaError.escrow(_, _, .insufficient(let found, let wanted)) {
            try require(Int(found) == rights && wanted > rights, "\(key): \(wanted) refused with rights \(rights)")
        } catch ReplicaError.escrow {
        }
        if case .use(let amount)? = change { try require(rights >= amount, "\(key): used \(amount) of \(rights)") }
        if let change { effects.append(Effect(key: key, slot: SlotKey(field: field), change: change)) }
    }

    /// What this transaction sees of a record, its own effects included.
    private func pending(_ key: RecordKey) -> [Trace] {
        let seen = vectors[key.scope] ?? VersionVector()
        let dot = Dot(origin: origin, sequence: seen.sequence(of: origin) + 1)
        let run = Run(origin: origin, high: 0, low: 0)
        return oracle.visible(key, at: seen)
            + effects.enumerated().filter { $0.element.key == key }.map { index, effect in
                Trace(dot: dot, stamp: .none, run: run, seen: seen, index: index, effect: effect)
            }
    }

    private static func slot(_ field: UInt32, _ random: inout SeededRandom) -> SlotKey {
        let elements: [Element] = [
            .index(0), .index(3), .bytes([1]), .bytes([]), .identifier(Identifier(number: 7, digits: 3)),
            .identifier(Identifier("vip") ?? Identifier(number: 1, digits: 1)),
        ]
        return SlotKey(field: field, element: elements.randomElement(using: &random) ?? .index(1))
    }

    private static func movement(_ random: inout SeededRandom) -> Value {
        .tuple([.integer(Int64.random(in: 1...2, using: &random)), .integer(Int64.random(in: -5...9, using: &random))])
    }

    private static func value(_ random: inout SeededRandom) -> Value {
        let number = Int64.random(in: -2...2, using: &random)
        switch Int.random(in: 0..<7, using: &random) {
        case 0: return .moment(Site.epoch + number * 86_400_000)
        case 1: return .text(String(repeating: "ä", count: Int(number + 2)))
        case 2: return .bytes([UInt8](repeating: 0, count: Int(number + 2)))
        case 3: return .identifier(Identifier(number: UInt64(number + 2), digits: 1))
        case 4: return .tuple([.integer(number), .text("t"), .empty])
        case 5: return .integer([.min, .max, 0, -1].randomElement(using: &random) ?? 1)
        default: return .integer(number)
        }
    }
}
