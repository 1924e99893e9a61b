internal import CRDT
internal import Replica
internal import Retail

/// Something is done otherwise than the journal says: for scenarios that show what oracles find.
struct Lie: Act {
    static let kind = "lie"

    enum Way: String, Codable, CaseIterable, Sendable {
        /// A sale that is not noted.
        case silence
        /// Three pieces come in, and two are noted.
        case less
        /// A sale that is noted as one that must be refused.
        case refusal
        /// An order that is moved back is noted as one that is moved on.
        case backwards
        /// An order is moved on, and whoever did it is said to have seen all that anybody had written there.
        case foresight
        /// What was done for good is noted as left open at all other machines; of those some hold a part of it only.
        case half
        /// The journal hears that the machine's disk was set back to its copy, and nobody else does.
        case amnesia
    }

    let node: Int
    let way: Way

    var nodes: [Int] { [node] }

    private static let number = Identifier(number: 1, digits: 6)
    private static let sku = Identifier(number: 7, digits: 5)

    func perform(in laboratory: Laboratory) throws -> Bool {
        let member = laboratory.world.nodes[node].member
        let status = [Effect(RetailSchema.order(Self.number, of: member), RetailSchema.Order.status, .advance(1))]
        switch way {
        case .silence: return laboratory.world.perform(at: node, Self.sell, then: { _ in })
        case .less: return try laboratory.write(at: node, meaning: Self.lesserReceipt, by: Self.receive)
        case .refusal: return try laboratory.write(at: node, meaning: { _, _ in nil }, by: Self.sell)
        case .backwards:
            return try laboratory.write(at: node, meaning: { _, _ in status }) { transaction, member in
                for status in [OrderStatus.paid, .new] {
                    try transaction.advance(order: Self.number, of: member, to: status)
                }
            }
        case .foresight:
            guard let scope = status.first?.key.scope, let replica = laboratory.world.nodes[node].replica else { return false }
            let own = replica.cut(of: scope)
            let seen = Cut(
                laboratory.journal.everything(in: scope).entries.map { entry in
                    (entry.origin, own[entry.origin] ?? ChainPoint(sequence: entry.sequence, hash: .zero))
                })
            return laboratory.world.perform(at: node) { transaction, member in
                try transaction.advance(order: Self.number, of: member, to: .paid)
            } then: { [node] written in
                guard case .durable(let receipt) = written else { return }
                let noted = Journal.Written(
                    effects: status, receipt: receipt, seen: [scope: seen], node: node, time: laboratory.world.now)
                laboratory.misnote { $0.note(noted, in: replica) }
            }
        case .amnesia:
            laboratory.misnote { $0.noteSetBack(of: node, toCopy: true) }
            return true
        case .half: return pretendLeftOpen(at: member, in: laboratory)
        }
    }

    /// A customer is edited, and points are counted in the store's books, which other stores do not hold.
    private func pretendLeftOpen(at member: UInt32, in laboratory: Laboratory) -> Bool {
        let (customer, points) = (RetailSchema.customer(Self.number), RetailSchema.points(of: Self.number, at: member))
        let effects = [
            Effect(customer, RetailSchema.Customer.tier, .assign(.text("gold"))),
            Effect(points, RetailSchema.Points.adjustments, .index(0), .fact(.integer(5))),
            Effect(points, RetailSchema.Points.balance, .count(5)),
        ]
        guard let replica = laboratory.world.nodes[node].replica else { return false }
        let seen = Dictionary(
            effects.map { ($0.key.scope, replica.cut(of: $0.key.scope)) }, uniquingKeysWith: { first, _ in first })
        return laboratory.world.perform(at: node) { transaction, member in
            try transaction.edit(
                customer: Self.number, [(field: RetailSchema.Customer.tier, text: "gold")], points: 5, at: member)
        } then: { [node] written in
            guard case .durable(let receipt) = written else { return }
            func noted(at node: Int) -> Journal.Written {
                Journal.Written(effects: effects, receipt: receipt, seen: seen, node: node, time: laboratory.world.now)
            }
            laboratory.misnote { journal in
                journal.note(noted(at: node), in: replica)
                for other in laboratory.world.nodes.indices where other != node { journal.noteUndecided(noted(at: other)) }
            }
        }
    }

    private static func sell(_ transaction: Transaction, at member: UInt32) throws {
        let order = NewOrder(
            id: number, customer: nil, payment: "cash", total: 300, placed: 0,
            lines: [.init(sku: sku, quantity: 3, unitPrice: 100)], points: 0)
        try transaction.place(order, at: member)
    }

    private static func receive(_ transaction: Transaction, at member: UInt32) throws {
        try transaction.receive(number, received: 0, [(sku: sku, quantity: 3)], at: member)
    }

    private static func lesserReceipt(_ member: UInt32, _ seen: Laboratory.Seen) -> [Effect]? {
        let key = RetailSchema.receipt(number, of: member)
        return [
            Effect(key, RetailSchema.Receipt.received, .assign(.moment(0))),
            Effect(key, RetailSchema.Receipt.lines, .index(0), .fact(.tuple([.identifier(sku), .integer(3)]))),
            Effect(RetailSchema.stock(of: sku, at: member), RetailSchema.Stock.received, .count(2)),
        ]
    }
}
