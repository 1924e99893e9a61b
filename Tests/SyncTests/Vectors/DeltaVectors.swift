import CRDT
import Replica
import Retail
import Simulation
import Sync

/// A delta, and what it does to whoever holds what came before.
struct DeltaVector: Codable, Hashable {
    struct Change: Codable, Hashable {
        let key: JSON
        let before: JSON
        let after: JSON
    }

    let name: String
    let header: String
    let pieces: [String]
    /// What the two say.
    let meaning: JSON
    /// What is held before and after.
    let before: HeldScope
    let after: HeldScope
    /// Every record that the delta names, or that goes with it.
    let records: [Change]
}

/// How far a scope is held.
struct HeldScope: Codable, Hashable {
    let scope: Int
    let cut: JSON
    let digest: JSON
    let summary: JSON

    init(_ scope: Scope, of replica: Replica) throws {
        self.scope = Int(scope.rawValue)
        cut = JSON(replica.cut(of: scope))
        digest = JSON(try replica.digest(of: scope).required)
        summary = JSON(try replica.summary(of: scope).required)
    }
}

enum DeltaVectors {
    static func all() throws -> [DeltaVector] {
        let (headquarters, store) = (try SessionEnd(0), try SessionEnd(1))
        let customers = Scope(.customers)
        var now = Moment(monotonic: 0, wall: 1_740_000_000_000)
        let (vip, news) = (try Identifier("vip").required, try Identifier("T00007").required)
        func edit(_ end: SessionEnd, _ phone: String?, adding: [Identifier] = [], removing: [Identifier] = []) throws {
            now.wall += 1000
            let id = try Identifier("C0000042").required
            let fields = phone.map { [(field: RetailSchema.Customer.phone, text: $0)] } ?? []
            let member = end.member
            try end.perform(at: now) { try $0.edit(customer: id, fields, adding: adding, removing: removing, at: member) }
        }
        try store.sell("S001-0000123", lines: 2, at: now)
        var vectors = [try vector("a sale, for whoever holds nothing", Scope(.books, of: 1), from: store, to: headquarters)]
        vectors.append(try vector("its stock", Scope(.stock, of: 1), from: store, to: headquarters))
        try edit(headquarters, "+491", adding: [vip, news])
        vectors.append(try vector("a customer with tags", customers, from: headquarters, to: store))
        try edit(headquarters, "+492", removing: [news])
        try edit(store, "+493", adding: [news])
        vectors.append(
            try vector("two phones at once, and a tag renewed while it is removed", customers, from: headquarters, to: store))
        try edit(store, "+494", removing: [vip])
        vectors.append(try vector("the phones are settled, and a tag is removed", customers, from: store, to: headquarters))
        try headquarters.replica.advanceHorizon(
            of: customers, acknowledged: [store.replica.vector(of: customers)], at: now.wall)
        while try headquarters.replica.collectMarks() {}
        try edit(headquarters, "+495")
        let stale = try SessionEnd(2)
        try stale.edit("C0000099", phone: "+496", at: now)
        vectors.append(try vector("a whole state, for whoever is below the horizon", customers, from: headquarters, to: stale))
        return vectors
    }

    /// One whose piece is compressed: other versions of zstd give other bytes for it.
    static func compressed() throws -> DeltaVector {
        let (headquarters, store) = (try SessionEnd(0), try SessionEnd(1))
        try headquarters.perform(at: Moment(monotonic: 0, wall: 1_740_000_000_000)) { transaction in
            for number in 0..<30 {
                let place = (field: RetailSchema.Customer.home, text: "Kurfürstendamm \(number), 10719 Berlin")
                try transaction.edit(customer: try Identifier("C\(10_000 + number)").required, [place], at: 0)
            }
        }
        return try vector("thirty customers of one street", Scope(.customers), from: headquarters, to: store)
    }

    private static func vector(
        _ name: String, _ scope: Scope, from sender: SessionEnd, to receiver: SessionEnd
    ) throws -> DeltaVector {
        let replica = receiver.replica
        let delta = try sender.replica.delta(scope, for: replica.cut(of: scope)).required
        let before = try HeldScope(scope, of: replica)
        let keys = Set(delta.records.map(\.key)).union(try replica.keys(of: scope)).sorted()
        let cells = try keys.map { JSON(cells: try replica.record($0).cells) }
        try replica.join([delta], at: 1_750_000_000_000)
        let records = try zip(keys, cells).map { key, before in
            DeltaVector.Change(key: JSON(key), before: before, after: JSON(cells: try replica.record(key).cells))
        }
        var header = ByteWriter()
        delta.header.encode(into: &header)
        return DeltaVector(
            name: name, header: header.bytes.hex, pieces: try delta.pieces().map(\.hex), meaning: try JSON(delta),
            before: before, after: try HeldScope(scope, of: replica), records: records)
    }
}
