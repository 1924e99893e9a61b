import CRDT
import Foundation
import Replica
import Retail
import Sync

/// A member's replica in a temporary folder; gone with its last reference.
final class TestMember {
    let number: UInt32
    let replica: Replica
    /// What its clock shows, in milliseconds since 1970.
    var now: Int64 = 1_000_000
    private var publisher = BasePublisher()
    private let folder: URL

    /// - Parameter machine: tells several machines of one member apart.
    init(_ number: UInt32, machine: UInt64 = 0) throws {
        self.number = number
        folder = FileManager.default.temporaryDirectory.appending(path: "atoll-retail-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let identity = Identity(
            chain: Hash128(high: 1, low: 1), member: number, incarnation: UInt64(number) + 1 + 1000 * machine)
        replica = try Replica.create(
            at: folder.appending(path: "replica.db").path(percentEncoded: false), identity: identity, epoch: 0,
            OpeningParameters(
                schema: RetailSchema.schema, digestKey: Array(0..<16), run: Hash128(high: 1 + machine, low: UInt64(number))))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    @discardableResult
    func perform<Result>(_ body: (Transaction) throws -> Result) throws -> Result {
        try replica.perform(at: now, body)
    }

    /// Does something that is refused, and sees that nothing was written by it.
    func refusal(_ body: (Transaction) throws -> Void) throws -> Problem? {
        let before = vectors
        do {
            try perform(body)
            return nil
        } catch let refusal as any Refusal {
            return vectors == before ? refusal.problem : nil
        }
    }

    /// What is held, to see whether something was written.
    var vectors: [Scope: VersionVector] {
        Dictionary(uniqueKeysWithValues: replica.heldScopes.map { ($0, replica.vector(of: $0)) }).filter { !$0.value.isEmpty }
    }

    func take(from other: TestMember) throws {
        let deltas = try other.replica.heldScopes.compactMap { scope in
            try other.replica.delta(scope, for: replica.cut(of: scope))
        }
        try replica.join(deltas, at: now)
    }

    var origin: Origin { replica.identity.origin }

    /// Where it makes papers out.
    var till: Till {
        get throws { Till(member: number, store: try replica.store(of: number)) }
    }

    /// Answers what others ask of it, as its node does.
    func decide() throws {
        guard var broker = EscrowBroker(RetailSchema.schema) else { return }
        _ = try broker.decide(in: replica.heldScopes, of: replica, at: now)
    }

    /// What its node does once something has come.
    func tend() throws { try publisher.publish(in: replica.heldScopes, of: replica, at: now) }

    func order(_ text: String, of store: UInt32 = 1) throws -> OrderView {
        let key = RetailSchema.order(try identifier(text), of: store)
        return OrderView(key, try replica.record(key)) { replica.run(of: $0, in: key.scope) }
    }

    func stock(_ text: String, at store: UInt32 = 1) throws -> StockView {
        let key = RetailSchema.stock(of: try identifier(text), at: store)
        return StockView(key, try replica.record(key))
    }

    func customer(_ text: String) throws -> CustomerView {
        let key = RetailSchema.customer(try identifier(text))
        return CustomerView(key, try replica.record(key))
    }

    func points(_ text: String, at store: UInt32 = 1) throws -> Int64 {
        try replica.record(RetailSchema.points(of: try identifier(text), at: store)).counter(RetailSchema.Points.balance).value
    }
}

struct NoIdentifier: Error {}

func identifier(_ text: String) throws -> Identifier {
    guard let identifier = Identifier(text) else { throw NoIdentifier() }
    return identifier
}

extension NewOrder {
    /// An order paid by card, of as many units of each SKU as said, at 100 each.
    static func of(
        _ number: String, _ lines: [(sku: String, quantity: Int64)], customer: String? = nil, payment: String = "card",
        points: Int64 = 0
    ) throws -> NewOrder {
        NewOrder(
            id: try identifier(number), customer: try customer.map(identifier), payment: payment, total: 1234,
            placed: 1_700_000_000_000,
            lines: try lines.map { Line(sku: try identifier($0.sku), quantity: $0.quantity, unitPrice: 100) }, points: points)
    }
}
