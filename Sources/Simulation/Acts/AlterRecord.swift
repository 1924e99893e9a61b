internal import CRDT
internal import Replica
internal import Retail

/// Somebody at a hostile member alters on its disk what another member has written there, under that one's own numbers and hashes.
/// Its program is started anew, takes that for what it was told, and passes it on.
struct AlterRecord: Act {
    static let kind = "alter_record"

    let node: Int
    /// Whose words are altered.
    let inNameOf: Int

    private enum CodingKeys: String, CodingKey {
        case node
        case inNameOf = "in_name_of"
    }

    var nodes: [Int] { [node, inNameOf] }

    private static let falsehood = Value.text("~ what nobody has written")

    func perform(in laboratory: Laboratory) throws -> Bool {
        let world = laboratory.world
        guard let replica = world.nodes[node].replica, let origin = world.nodes[inNameOf].replica?.identity.origin,
            origin.member != replica.identity.member, let (key, cells) = try newest(of: origin, in: replica)
        else { return false }
        world.alter(key)
        let scope = key.scope
        let altered = cells.map { cell in
            var cell = cell
            if Self.isAltered(cell, origin) { cell.content = .value(Self.falsehood) }
            return cell
        }
        // As if its writer had said so.
        let hasChanged = try replica.reconcile(key, with: altered, from: origin.member, at: replica.cut(of: scope))
        world.kill(node)
        try world.start(node)
        return hasChanged
    }

    /// The customer about whom the origin has written last, of those of whom something is left.
    private func newest(of origin: Origin, in replica: Replica) throws -> (RecordKey, [Cell])? {
        let keys = try replica.keys(of: Scope(.customers), collection: RetailSchema.customer.number)
        let found = try keys.compactMap { key in
            let cells = try replica.record(key).cells
            let last = cells.filter { Self.isAltered($0, origin) }.map(\.dot.sequence).max()
            return last.map { (key: key, cells: cells, last: $0) }
        }
        return found.max { $0.last < $1.last }.map { ($0.key, $0.cells) }
    }

    private static func isAltered(_ cell: Cell, _ origin: Origin) -> Bool {
        cell.dot.origin == origin && cell.slot == SlotKey(field: RetailSchema.Customer.phone) && cell.value != nil
            && cell.value != falsehood
    }
}
