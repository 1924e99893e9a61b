internal import CRDT
internal import Replica
internal import Retail

/// Somebody who has got hold of a machine's certificate and key calls another machine as that member, and does it some harm. The
/// member's own program goes on beside that.
struct Attack: Act {
    static let kind = "attack"

    /// Whose certificate it is.
    let node: Int
    /// Who is called.
    let to: Int
    let way: HostileWay
    /// In whose name a transaction is forged, or where something is written that may not be.
    var inNameOf: Int?
    /// About whom; C1, if it is not said.
    var customer: String?

    private enum CodingKeys: String, CodingKey {
        case node, to, way, customer
        case inNameOf = "in_name_of"
    }

    var nodes: [Int] { [node, to] + (inNameOf.map { [$0] } ?? []) }

    var flaw: String? {
        guard let customer, Identifier(customer) == nil else { return nil }
        return PlanError.malformedIdentifier(customer).description
    }

    func perform(in laboratory: Laboratory) throws -> Bool {
        let world = laboratory.world
        let stranger = inNameOf ?? (0..<world.nodes.count).first { $0 != node && $0 != to } ?? to
        guard let replica = world.nodes[node].replica, stranger != node,
            let name = world.nodes[stranger].replica?.identity.origin
        else { return false }
        let order = way == .twoContents ? try writtenOrder(in: replica) : nil
        if way == .twoContents, order == nil { return false }
        let speech = HostileSpeech(
            way: way, chain: World.chain, origin: replica.identity.origin, stranger: name,
            customer: try Identifier(inPlan: customer ?? "C1"), order: order, wall: world.wall(of: node),
            random: world.nextCallRandom())
        return world.call(from: node, to: to, speech)
    }

    /// The first order in the member's own books.
    private func writtenOrder(in replica: Replica) throws -> (key: RecordKey, cells: [Cell])? {
        let books = Scope(.books, of: replica.identity.member)
        guard let key = try replica.keys(of: books, collection: RetailSchema.order.number).first else { return nil }
        return (key, try replica.record(key).cells)
    }
}
