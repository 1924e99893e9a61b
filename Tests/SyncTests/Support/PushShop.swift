import CRDT
import Replica
import Retail
import Simulation

/// Replicas of one chain on simulated disks, on which everything that the retail commands know happens as a seed says.
struct PushShop {
    var random: SeededRandom
    private(set) var replicas: [Replica] = []
    private var disks: [SimulatedDisk] = []
    private var time: Int64 = 1_740_000_000_000
    private var nextOrder: UInt64 = 1
    private var nextRun: UInt64 = 1

    init(seed: UInt64, members: Int) throws {
        random = SeededRandom(seed: seed)
        for member in 0..<members {
            let disk = SimulatedDisk()
            disks.append(disk)
            replicas.append(
                try Replica.create(
                    at: "replica.db",
                    identity: Identity(chain: TestChain.chain, member: UInt32(member), incarnation: random.next()),
                    epoch: 1_735_689_600_000, parameters(disk)))
        }
    }

    private mutating func parameters(_ disk: SimulatedDisk) -> OpeningParameters {
        nextRun += 1
        return OpeningParameters(
            schema: RetailSchema.schema, digestKey: [UInt8](repeating: 7, count: 16),
            run: Hash128(high: nextRun, low: random.next()), vfs: disk.vfsName, cacheKiB: 256)
    }

    /// One transaction, durable.
    mutating func work(at member: Int) throws {
        time += Int64(number(200_000))
        let at = UInt32(member)
        switch number(10) {
        case 0...4: try sell(at: member)
        case 5: try moveOrder(at: member)
        case 6: try receive(at: member)
        case 7: try removeTag(at: member)
        case 8: try editCustomer(at: member)
        default: try replicas[member].perform(at: time) { try $0.edit(customer: Self.id("C", 4), [], points: 7, at: at) }
        }
    }

    mutating func sell(at member: Int) throws {
        let lines = (0..<number(4) + 1).map { _ in
            NewOrder.Line(
                sku: Self.id("P", UInt64(number(30))), quantity: Int64(number(3)) + 1, unitPrice: Int64(number(900)))
        }
        let total = lines.reduce(0) { $0 + $1.quantity * $1.unitPrice }
        let order = NewOrder(
            id: Self.id("S\(member)-", nextOrder), customer: number(4) == 0 ? nil : Self.id("C", UInt64(number(9))),
            payment: ["card", "cash", "cheque"][number(3)], total: total, placed: time, lines: lines, points: total / 100)
        nextOrder += 1
        try replicas[member].perform(at: time) { try $0.place(order, at: UInt32(member)) }
    }

    private mutating func moveOrder(at member: Int) throws {
        let home = number(replicas.count)
        let (id, status) = (Self.id("S\(home)-", UInt64(number(Int(nextOrder)))), OrderStatus.allCases[number(5)])
        do {
            try replicas[member].perform(at: time) { try $0.advance(order: id, of: UInt32(home), to: status) }
        } catch ReplicaError.progress {
        }
    }

    private mutating func receive(at member: Int) throws {
        nextOrder += 1
        let (id, sku) = (Self.id("R", nextOrder), Self.id("P", UInt64(number(30))))
        try replicas[member].perform(at: time) {
            try $0.receive(id, received: time - 5000, [(sku, 12), (Self.id("vip-größe", nil), 1)], at: UInt32(member))
        }
    }

    private mutating func editCustomer(at member: Int) throws {
        let fields: [(field: UInt32, text: String)] = [
            (RetailSchema.Customer.phone, "+49123456789\(number(10))"), (RetailSchema.Customer.home, "Köln, Ring \(number(9))"),
        ]
        let (id, tags) = (Self.id("C", UInt64(number(4))), [Self.id("vip", nil), Self.id("T", UInt64(number(3)))])
        try replicas[member].perform(at: time) {
            try $0.edit(customer: id, fields, adding: tags, at: UInt32(member))
        }
    }

    private mutating func removeTag(at member: Int) throws {
        let (id, tag) = (Self.id("C", UInt64(number(4))), Self.id("T", UInt64(number(3))))
        try replicas[member].perform(at: time) { try $0.edit(customer: id, [], removing: [tag], at: UInt32(member)) }
    }

    mutating func join(_ deltas: [Delta], at member: Int) throws {
        try replicas[member].join(deltas, at: time)
    }

    /// Closes a file and opens it anew: another run.
    mutating func reopen(_ member: Int) throws {
        let parameters = parameters(disks[member])
        try replicas[member].checkpoint()
        replicas.remove(at: member)
        replicas.insert(try Replica.open(at: "replica.db", parameters), at: member)
    }

    /// Ends a member's incarnation and begins another.
    mutating func reincarnate(_ member: Int) throws {
        try replicas[member].reincarnate(as: random.next(), at: time)
    }

    mutating func number(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }

    static func id(_ prefix: String, _ number: UInt64?) -> Identifier {
        let digits = number.map { String(repeating: "0", count: 5 - String($0).count) + String($0) } ?? ""
        return Identifier(prefix + digits) ?? Identifier(number: 1, digits: 1)
    }
}
