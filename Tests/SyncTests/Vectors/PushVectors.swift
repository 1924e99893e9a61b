import CRDT
import Replica
import Retail
import Sync

/// One push of a direction, in its order.
struct PushVector: Codable, Hashable {
    let name: String
    let push: String
    /// The deltas that it tells.
    let meaning: JSON
    /// Of each scope that it names, the basis behind it: cut, horizon, runs.
    let basis: JSON
}

enum PushVectors {
    static func all() throws -> [PushVector] {
        let store = try SessionEnd(1)
        var now = Moment(monotonic: 0, wall: 1_740_000_000_000)
        var stream = try PushStream()
        var vectors: [PushVector] = []
        func push(_ name: String, _ work: () throws -> Void) throws {
            now.wall += 60_000
            try work()
            let deltas = try stream.news(of: store.replica)
            let bytes = try stream.encode(deltas)
            vectors.append(
                PushVector(
                    name: name, push: bytes.hex, meaning: .array(try deltas.map { try JSON($0) }),
                    basis: VectorTests.bases(stream.told, of: deltas)))
        }
        try push("a sale of four lines, the first") { try store.sell("S001-0000123", at: now) }
        try push("the next sale") { try store.sell("S001-0000124", at: now) }
        try push("and one without a customer, of two lines") {
            try store.sell("S001-0000125", lines: 2, customer: nil, at: now)
        }
        try push("two transactions at once") {
            try store.sell("S001-0000126", at: now)
            try store.edit("C0000042", phone: "+49 30 1", at: now)
        }
        try push("the same phone again: the hash is derived from what is left of one of two transactions") {
            try store.edit("C0000042", phone: "+49 30 2", at: now)
            try store.edit("C0000042", phone: "+49 30 3", at: now)
        }
        try push("an order moves on") {
            try store.perform(at: now) { try $0.advance(order: Identifier("S001-0000123").required, of: 1, to: .paid) }
        }
        return vectors
    }
}
