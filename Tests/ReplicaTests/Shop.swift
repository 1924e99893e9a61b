import CRDT
import Replica
import Simulation

/// A small schema and a few replicas on simulated disks, for tests that tell a story.
enum Shop {
    static let books = Scope(.books, of: 1)
    static let stock = Scope(.stock, of: 1)

    static let item = RecordKey(scope: stock, collection: 20, id: Identifier(number: 7, digits: 3))
    static let sold: UInt32 = 1
    static let note = RecordKey(scope: books, collection: 11, id: Identifier(number: 1, digits: 3))
    static let text: UInt32 = 1
    static let tags: UInt32 = 2
    static let quota: UInt32 = 1

    static func coupon(_ number: UInt64) -> RecordKey {
        RecordKey(scope: stock, collection: 60, id: Identifier(number: number, digits: 6))
    }

    static func sale(_ number: UInt64) -> RecordKey {
        RecordKey(scope: books, collection: 10, id: Identifier(number: number, digits: 6))
    }

    static let lines: UInt32 = 1

    static let schema = Schema([
        Collection(
            10, "sale",
            [
                Field(
                    lines, "lines",
                    .facts { _, value in
                        guard case .integer(let quantity) = value else { return [] }
                        return [Movement(item, sold, quantity)]
                    })
            ]),
        Collection(11, "note", [Field(text, "text", .register), Field(tags, "tags", .set)]),
        Collection(20, "stock", [Field(sold, "sold", .counter)]),
        Collection(60, "coupon", [Field(quota, "quota", .escrow())]),
    ])

    static let chain = Hash128(high: 1, low: 2)

    static func parameters(_ disk: SimulatedDisk, run: UInt64) -> OpeningParameters {
        OpeningParameters(
            schema: schema, digestKey: Array(0..<16), run: Hash128(high: run, low: run), vfs: disk.vfsName)
    }

    static func replica(
        _ member: UInt32, on disk: SimulatedDisk = SimulatedDisk(), machine: UInt64 = 1
    ) throws -> Replica {
        try withExtendedLifetime(disk) {
            let number = UInt64(member) * 1000 + machine
            return try Replica.create(
                at: "replica.db", identity: Identity(chain: chain, member: member, incarnation: number), epoch: 0,
                parameters(disk, run: number))
        }
    }

    /// The same file, on a disk of its own.
    static func copy(_ disk: SimulatedDisk, run: UInt64) throws -> Replica {
        let copy = SimulatedDisk(disk.image)
        return try withExtendedLifetime(copy) { try Replica.open(at: "replica.db", parameters(copy, run: run)) }
    }
}

extension Replica {
    func sell(_ number: UInt64, _ quantity: Int64, at time: Int64) throws {
        try perform(at: time) { try $0.state(.integer(quantity), in: Shop.lines, of: Shop.sale(number)) }
    }

    var soldItems: Int64 {
        get throws { try record(Shop.item).counter(Shop.sold).value }
    }

    /// The quantities of all sales that are held, each fact once.
    var soldByFacts: Int64 {
        get throws {
            try keys(of: Shop.books, collection: 10).reduce(0) { sum, key in
                try record(key).facts(Shop.lines) { run(of: $0, in: Shop.books) }.reduce(sum) { sum, fact in
                    if case .integer(let quantity) = fact.value { sum + quantity } else { sum }
                }
            }
        }
    }

    /// Takes from a peer what it has and this replica lacks, as an owner would.
    func pull(from peer: Replica, at time: Int64, incarnation: UInt64) throws {
        for scope in Set(peer.heldScopes + heldScopes).sorted() {
            try settlePast(in: scope, peer: peer.cut(of: scope), incarnation: incarnation, at: time) {
                try peer.knowledge(of: $0, in: scope)
            }
        }
        for scope in peer.heldScopes {
            if let delta = try peer.delta(scope, for: cut(of: scope)) { try join([delta], at: time) }
        }
        if isClosed { try reincarnate(as: incarnation + 1, at: time) }
        if needsRecount { try recountClosed(at: time) }
    }
}

/// Lets replicas meet, both ways, until nothing moves.
func meet(_ replicas: [Replica], at time: Int64, incarnation: inout UInt64) throws {
    for _ in 0..<4 {
        for left in replicas {
            for right in replicas where left !== right {
                incarnation += 2
                // Each settles its own past before either hears the other's.
                for scope in Set(left.heldScopes + right.heldScopes).sorted() {
                    try right.settlePast(in: scope, peer: left.cut(of: scope), incarnation: incarnation, at: time) {
                        try left.knowledge(of: $0, in: scope)
                    }
                }
                incarnation += 2
                try left.pull(from: right, at: time, incarnation: incarnation)
            }
        }
    }
}
