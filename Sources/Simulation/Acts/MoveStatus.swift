internal import CRDT
internal import Replica
internal import Retail

/// An order is moved on, at any machine, in the book of the store that took it.
struct MoveStatus: Act {
    static let kind = "move_status"
    static let isWork = true

    let node: Int
    let order: String
    /// The member in whose book it stands.
    let store: UInt32
    let status: Status

    enum Status: String, Codable, CaseIterable, Sendable {
        case new, paid, done, settled, returned, audited

        var inShop: OrderStatus {
            switch self {
            case .new: .new
            case .paid: .paid
            case .done: .done
            case .settled: .settled
            case .returned: .returned
            case .audited: .audited
            }
        }
    }

    var nodes: [Int] { [node, Int(store)] }

    var flaw: String? { Identifier(order) == nil ? PlanError.malformedIdentifier(order).description : nil }

    func perform(in laboratory: Laboratory) throws -> Bool {
        // Nobody may write in another store's book: only a machine that has become another store tries.
        guard [0, store].contains(laboratory.world.nodes[node].member) else { return false }
        let (id, status) = (try Identifier(inPlan: order), status.inShop)
        let key = RetailSchema.order(id, of: store)
        return try laboratory.write(at: node) { _, seen in
            let goesBack = seen.states(of: key, RetailSchema.Order.status).contains { state in
                state == status.rawValue || ShopRules.statusesAbove[status.rawValue, default: []].contains(state)
            }
            return goesBack ? nil : [Effect(key, RetailSchema.Order.status, .advance(status.rawValue))]
        } by: { transaction, _ in
            try transaction.advance(order: id, of: store, to: status)
        }
    }
}
