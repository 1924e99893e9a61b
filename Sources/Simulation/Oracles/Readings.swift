internal import CRDT
internal import Replica
internal import Retail

/// Of values that were written without seeing each other the one with the highest stamp is read, and of equal stamps the one of the
/// highest dot; an order that went two ways is read as being in the lowest state beyond both. Looked at in the records that new
/// transactions have touched.
struct Readings: Oracle {
    static let name = "readings"

    private var newcomers = Newcomers()

    mutating func observe(_ observation: Observation, in laboratory: Laboratory) throws {
        guard case .changed(let node, let scopes) = observation, let replica = laboratory.world.nodes[node].replica
        else { return }
        for scope in scopes {
            guard let vector = laboratory.journal.vector(of: replica, in: scope) else { continue }
            let news = newcomers.take(of: scope, at: node, holding: vector, in: laboratory.journal)
            for key in Set(news.joined().flatMap { $0.effects.map(\.key) }).filter(ShopRules.isRanked).sorted() {
                try look(at: key, vector, node, laboratory)
            }
        }
    }

    private func look(at key: RecordKey, _ vector: VersionVector, _ node: Int, _ laboratory: Laboratory) throws {
        let machine = laboratory.world.nodes[node]
        // What was written again has other dots, by which ties are broken.
        guard let history = laboratory.journal.history(of: key), !history.isEntangled, let record = try machine.shown(key)
        else { return }
        for (slot, due) in history.readings(at: vector) {
            let isStatus = key.collection == RetailSchema.order.number && slot.field == RetailSchema.Order.status
            let read =
                isStatus
                ? record.progress(slot.field, in: OrderStatus.lattice).joined.map(Value.integer)
                : machine.read(slot, of: record)
            guard read != due else { continue }
            let (found, expected) = (read.map { "\($0)" } ?? "nothing", due.map { "\($0)" } ?? "nothing")
            throw Self.violation("\(key): reads \(found) in \(slot), and should \(expected)", at: node, in: laboratory)
        }
    }
}
