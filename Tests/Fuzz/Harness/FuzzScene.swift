internal import CRDT
internal import Replica
internal import Retail
internal import Simulation

/// A small chain with a past: the disks that inputs are tried on, and the deltas that seeds are made of. The same every time.
struct FuzzScene: Sendable {
    static let shared = Result { try FuzzScene() }

    static let chain = Hash128(high: 1, low: 1)
    static let path = "replica.db"
    static let now: Int64 = 1_740_000_000_000

    /// A store that holds what others wrote before, and has closed an incarnation of its own.
    let receiver: DiskImage
    /// The headquarters that it belongs to, which knows more.
    let headquarters: DiskImage
    /// A replica that holds nothing.
    let newcomer: DiskImage
    /// What the headquarters can tell: of each scope all of it, for whoever holds nothing; then what the receiver lacks.
    let full: [Delta]
    let news: [Delta]

    private init() throws {
        let disks = (0..<4).map { SimulatedDisk(seed: UInt64($0)) }
        let members = try disks.indices.map { try Self.replica(UInt32($0), on: disks[$0]) }
        let (headquarters, store, neighbour) = (members[0], members[1], members[2])
        try headquarters.perform(at: Self.now) {
            try $0.set(RetailSchema.Member.name, of: RetailSchema.member(1), to: .text("Kaitak"))
        }
        try Self.trade(store, 1, from: 1)
        try Self.trade(neighbour, 2, from: 1)
        try Self.bring(from: store, to: headquarters)
        try Self.bring(from: neighbour, to: headquarters)
        try Self.bring(from: headquarters, to: store)
        try store.reincarnate(as: 77, at: Self.now)
        try Self.trade(store, 1, from: 4)
        try Self.bring(from: store, to: headquarters)
        receiver = disks[1].image
        newcomer = disks[3].image
        try Self.trade(neighbour, 2, from: 4)
        try Self.bring(from: neighbour, to: headquarters)
        try headquarters.perform(at: Self.now + 9) {
            try $0.advance(order: try id("S1-0002"), of: 1, to: .settled)
            try $0.edit(customer: try id("C0000042"), [], removing: [try id("vip")], points: 3, at: 0)
        }
        try headquarters.advanceHorizon(
            of: Scope(.customers), acknowledged: [store.vector(of: Scope(.customers))], at: Self.now)
        try headquarters.checkpoint()
        self.headquarters = disks[0].image
        full = try headquarters.heldScopes.compactMap { try headquarters.delta($0, for: Cut()) }
        news = try headquarters.heldScopes.compactMap { try headquarters.delta($0, for: store.cut(of: $0)) }
    }

    /// Three orders and what goes with them.
    private static func trade(_ replica: Replica, _ member: UInt32, from first: Int) throws {
        for number in first..<first + 3 {
            let time = now + Int64(number) * 60_000
            try replica.perform(at: time) { transaction in
                let lines = try (0..<number % 3 + 1).map {
                    NewOrder.Line(sku: try id("P0001\($0)"), quantity: Int64($0 + number), unitPrice: 199)
                }
                try transaction.place(
                    NewOrder(
                        id: try id("S\(member)-000\(number)"), customer: try id("C0000042"),
                        payment: number == 1 ? "card" : "IOU", total: 199 * Int64(number), placed: time, lines: lines,
                        points: Int64(number)), at: member)
            }
            try replica.perform(at: time + 1) { transaction in
                try transaction.advance(order: try id("S\(member)-000\(number)"), of: member, to: .paid)
                try transaction.receive(
                    try id("R\(member)-\(number)"), received: time, [(try id("P00010"), 12)], at: member)
                try transaction.edit(
                    customer: try id("C0000042"), [(RetailSchema.Customer.phone, "+49 30 \(number)")],
                    adding: [try id(number % 2 == 0 ? "vip" : "größe")], removing: [try id("new")], points: 2, at: member)
            }
        }
    }

    private static func bring(from source: Replica, to target: Replica) throws {
        try target.join(
            try source.heldScopes.compactMap { try source.delta($0, for: target.cut(of: $0)) }, at: now)
    }

    private static func replica(_ member: UInt32, on disk: SimulatedDisk) throws -> Replica {
        // Whoever holds nothing is nobody whom an input names by chance.
        let number = member == 3 ? 0xABCDEF : member
        return try Replica.create(
            at: path, identity: Identity(chain: chain, member: number, incarnation: UInt64(number) + 1), epoch: now,
            parameters(disk, run: UInt64(member)))
    }

    static func parameters(_ disk: SimulatedDisk, run: UInt64) -> OpeningParameters {
        OpeningParameters(
            schema: RetailSchema.schema, digestKey: Array(0..<16), run: Hash128(high: 1, low: run), vfs: disk.vfsName,
            cacheKiB: 256)
    }
}

/// - Throws: for a text that is no id, which the scene's are.
func id(_ text: String) throws -> Identifier {
    guard let id = Identifier(text) else { throw Violation(property: "an id", evidence: text) }
    return id
}
