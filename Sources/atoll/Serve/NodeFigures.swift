import CRDT
import Foundation
import Node
import Replica
import Retail

/// What a replica holds, in a few figures: for the demo's table, and for whoever compares nodes.
struct NodeFigures: Codable, Hashable {
    static let method = "figures"

    struct Held: Codable, Hashable {
        var scope: UInt32
        /// A hash over cut and digest; nil while a large cut is being folded in.
        var summary: String?
        /// By origin, in hexadecimal, how many of its transactions.
        var transactions: [String: UInt64]
    }

    var orders: Int
    var onHand: Int64
    var scopes: [Held]

    init(of owner: ReplicaOwner) async throws {
        self = try await owner.access { try NodeFigures($0.replica) }
    }

    /// Reads every stock record.
    init(_ replica: Replica) throws {
        (orders, onHand, scopes) = (0, 0, [])
        for scope in replica.heldScopes {
            let entries = replica.vector(of: scope).entries.map { (String($0.origin.rawValue, radix: 16), $0.sequence) }
            scopes.append(
                Held(
                    scope: scope.rawValue, summary: replica.summary(of: scope).map { "\($0)" },
                    transactions: Dictionary(uniqueKeysWithValues: entries)))
            switch scope.kind {
            case .books: orders += try replica.keys(of: scope, collection: RetailSchema.order.number).count
            case .stock:
                for key in try replica.keys(of: scope, collection: RetailSchema.stock.number) {
                    onHand += StockView(key, try replica.record(key)).onHand
                }
            default: break
            }
        }
    }
}

extension NodeFigures {
    /// How many transactions one of two replicas lacks of the scopes that the other one wants, too.
    static func lag(_ store: NodeFigures, _ headquarters: NodeFigures) -> UInt64 {
        let theirs = Dictionary(uniqueKeysWithValues: headquarters.scopes.map { ($0.scope, $0.transactions) })
        return store.scopes.reduce(0) { sum, held in
            let other = theirs[held.scope] ?? [:]
            return Set(held.transactions.keys).union(other.keys).reduce(sum) { sum, origin in
                let (mine, yours) = (held.transactions[origin] ?? 0, other[origin] ?? 0)
                return sum + (mine > yours ? mine - yours : yours - mine)
            }
        }
    }

    /// One short text over the scopes that a store holds: equal where they are.
    func digest(of scopes: some Sequence<UInt32>) -> String {
        let wanted = Set(scopes)
        let words = self.scopes.filter { wanted.contains($0.scope) }.map { held in
            held.summary.flatMap { UInt32($0.prefix(8), radix: 16) } ?? 0
        }
        let text = String(words.reduce(0, ^), radix: 16)
        return String(repeating: "0", count: 8 - text.count) + text
    }
}
