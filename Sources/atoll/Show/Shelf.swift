import CRDT
import Foundation
import Node
import Replica
import Retail

/// What one replica holds, read for people and programs: sorted by location and id.
struct Shelf {
    private let replica: Replica
    private let register: ChainRegister
    /// The members whose scopes are read, by name.
    private let locations: [ChainRegister.Member]

    /// - Parameter location: only this member's; nil for all.
    init(_ directory: ReplicaDirectory, _ register: ChainRegister, location: ChainRegister.Member?) {
        replica = directory.replica
        self.register = register
        locations = location.map { [$0] } ?? register.members.sorted { $0.name < $1.name }
    }

    func forEachStock(_ id: Identifier?, _ visit: (StockView, _ location: String) throws -> Void) throws {
        for member in locations {
            let scope = Scope(.stock, of: member.number)
            for key in try keys(scope, RetailSchema.stock.number, id) {
                try visit(StockView(key, try replica.record(key)), member.name)
            }
        }
    }

    func forEachOrder(_ id: Identifier?, _ visit: (OrderView, _ location: String) throws -> Void) throws {
        for member in locations {
            let scope = Scope(.books, of: member.number)
            for key in try keys(scope, RetailSchema.order.number, id) {
                let record = try replica.record(key)
                try visit(OrderView(key, record) { replica.run(of: $0, in: scope) }, member.name)
            }
        }
    }

    /// Customers with a record, or with points at one of the locations.
    func forEachCustomer(_ id: Identifier?, _ visit: (CustomerView, _ points: Int64) throws -> Void) throws {
        var points: [Identifier: Int64] = [:]
        for member in locations {
            for key in try keys(Scope(.books, of: member.number), RetailSchema.points.number, id) {
                points[key.id, default: 0] += try replica.record(key).counter(RetailSchema.Points.balance).value
            }
        }
        let known = try keys(Scope(.customers), RetailSchema.customer.number, id).map(\.id)
        for id in Set(known).union(points.keys).sorted() {
            let key = RetailSchema.customer(id)
            try visit(CustomerView(key, try replica.record(key)), points[id] ?? 0)
        }
    }

    private func keys(_ scope: Scope, _ collection: UInt16, _ id: Identifier?) throws -> [RecordKey] {
        guard let id else { return try replica.keys(of: scope, collection: collection) }
        let key = RecordKey(scope: scope, collection: collection, id: id)
        return try replica.record(key).isEmpty ? [] : [key]
    }
}

extension StockView {
    func json(_ location: String) -> JSON {
        .object([
            ("sku", .text("\(sku)")), ("location", .text(location)), ("on_hand", .integer(onHand)),
            ("sold", .integer(sold)), ("received", .integer(received)),
        ])
    }
}

extension OrderView {
    func json(_ location: String) -> JSON {
        let lines = lines.map { line in
            JSON.object([
                ("sku", .text("\(line.sku)")), ("quantity", .integer(line.quantity)),
                ("unit_price", .integer(line.unitPrice)),
            ])
        }
        return .object([
            ("id", .text("\(id)")), ("location", .text(location)), ("customer", .optional(customer.map { "\($0)" })),
            ("payment", .optional(payment)), ("total", .optional(total)), ("placed", .optional(placed)),
            ("placed_at", .optional(placed.map(timestamp))), ("status", .text(statusName)), ("points", .integer(points)),
            ("lines", .array(lines)),
        ])
    }
}

extension CustomerView {
    func json(_ points: Int64) -> JSON {
        .object([
            ("id", .text("\(id)")), ("phone", .optional(phone)), ("tier", .optional(tier)), ("home", .optional(home)),
            ("tags", .array(tags.map { .text("\($0)") })), ("points", .integer(points)),
            (
                "losers",
                .array(losers.map { .object([("field", .text($0.field)), ("value", .text($0.text))]) })
            ),
        ])
    }
}

/// Milliseconds since 1970 in ISO 8601, UTC, exact to the millisecond.
func timestamp(_ milliseconds: Int64) -> String {
    let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
    let whole = rest < 0 ? seconds - 1 : seconds
    let fraction = String(milliseconds - whole * 1000)
    let date = Date(timeIntervalSince1970: Double(whole)).formatted(.iso8601)
    return date.dropLast() + "." + String(repeating: "0", count: 3 - fraction.count) + fraction + "Z"
}
