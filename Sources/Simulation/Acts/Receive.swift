internal import CRDT
internal import Replica
internal import Retail

/// Goods come in.
struct Receive: Act {
    static let kind = "receive"
    static let isWork = true

    struct Line: Codable, Sendable {
        let sku: String
        let quantity: Int64
    }

    let node: Int
    let receipt: String
    let lines: [Line]

    var nodes: [Int] { [node] }

    var flaw: String? {
        let ids = [receipt] + lines.map(\.sku)
        if let id = ids.first(where: { Identifier($0) == nil }) { return PlanError.malformedIdentifier(id).description }
        let limit: Int64 = 1_000_000
        guard (1...LogLimits.receiptLines).contains(lines.count), lines.allSatisfy({ (0...limit).contains($0.quantity) }) else {
            return "a receipt has 1 to \(LogLimits.receiptLines) lines; quantities are 0 to \(limit)"
        }
        return nil
    }

    func perform(in laboratory: Laboratory) throws -> Bool {
        let (id, time) = (try Identifier(inPlan: receipt), laboratory.wall(of: node))
        let lines = try lines.map { (sku: try Identifier(inPlan: $0.sku), quantity: $0.quantity) }
        return try laboratory.write(at: node) { member, seen in
            let key = RetailSchema.receipt(id, of: member)
            guard seen.isEmpty(key, RetailSchema.Receipt.received) else { return nil }
            var effects = [Effect(key, RetailSchema.Receipt.received, .assign(.moment(time)))]
            for (index, line) in lines.enumerated() {
                let fact = Value.tuple([.identifier(line.sku), .integer(line.quantity)])
                effects.append(Effect(key, RetailSchema.Receipt.lines, .index(UInt64(index)), .fact(fact)))
                let stock = RetailSchema.stock(of: line.sku, at: member)
                effects.append(Effect(stock, RetailSchema.Stock.received, .count(line.quantity)))
            }
            return effects
        } by: { transaction, member in
            try transaction.receive(id, received: time, lines, at: member)
        }
    }
}
