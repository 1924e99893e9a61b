import CRDT
import Foundation
import Replica
import Retail
import Simulation

/// An act of the simulator as running nodes are made to do it.
enum PlayedAct {
    case work(Work)
    /// One direction of a line is cut, or goes on.
    case cut(from: Int, to: Int, Bool)
    case tear(Int, Int)
    /// Connections carry nothing any more, and one end is told at most.
    case strand(Int, Int, isDiallerTold: Bool)
    case kill(Int)
    case switchOn(Int)

    /// What people do.
    struct Work {
        let node: Int
        let event: LogEvent.Kind
        /// The store in whose books the order stands that a status is of.
        var store: Int?
        /// All that it reads and writes.
        let scopes: [Scope]
    }

    /// - Throws: `Chain.Failure` for an act that has no counterpart among processes.
    init(_ event: PlannedEvent) throws {
        let act = try JSONDecoder().decode(WrittenAct.self, from: try JSONEncoder().encode(event))
        switch (act.kind, act.node) {
        case ("sell", let node?): self = .work(Work(node: node, event: try act.sale(), scopes: Self.shop(node)))
        case ("receive", let node?): self = .work(Work(node: node, event: try act.delivery(), scopes: Self.shop(node)))
        case ("move_status", let node?):
            let (change, store) = try act.statusChange()
            self = .work(Work(node: node, event: change, store: store, scopes: [Scope(.books, of: UInt32(store))]))
        case ("edit_customer", let node?):
            let books = (act.points ?? 0) == 0 ? [] : [Scope(.books, of: UInt32(node))]
            self = .work(Work(node: node, event: try act.edit(), scopes: [Scope(.customers)] + books))
        case ("kill", let node?): self = .kill(node)
        case ("switch_on", let node?): self = .switchOn(node)
        default: self = try act.onLine()
        }
    }

    private static func shop(_ node: Int) -> [Scope] { [.books, .stock].map { Scope($0, of: UInt32(node)) } }
}

/// An act with the keys that it is written down with.
private struct WrittenAct: Decodable {
    struct Line: Decodable {
        let sku: String
        let quantity: Int64
        let price: Int64?
    }

    let kind: String
    let node: Int?
    let order: String?
    let customer: String?
    let lines: [Line]?
    let points: Int64?
    let receipt: String?
    let store: Int?
    let status: LogStatus.RawValue?
    let phone: String?
    let tier: String?
    let added: [String]?
    let removed: [String]?
    let from: Int?
    let to: Int?
    let cut: Bool?
    let one: Int?
    let other: Int?
    let told: Int?

    private enum CodingKeys: String, CodingKey {
        case kind, node, order, customer, lines, points, receipt, store, status, phone, tier, from, to, cut, one, other, told
        case added = "add_tags"
        case removed = "remove_tags"
    }

    private var incomplete: Chain.Failure { Chain.Failure(text: "\(kind) is written in another way than this test reads it") }

    func sale() throws -> LogEvent.Kind {
        guard let order, let lines else { throw incomplete }
        let sold = lines.map { LogOrder.Line(sku: $0.sku, quantity: $0.quantity, unitPriceMinorUnits: $0.price ?? 0) }
        let total = sold.reduce(0) { $0 + $1.quantity * $1.unitPriceMinorUnits }
        return .order(
            LogOrder(
                id: order, customer: customer ?? "", payment: "cash", totalMinorUnits: total, lines: sold,
                points: customer == nil ? nil : points))
    }

    func delivery() throws -> LogEvent.Kind {
        guard let receipt, let lines else { throw incomplete }
        return .receipt(
            LogReceipt(id: receipt, lines: lines.map { LogReceipt.Line(sku: $0.sku, quantity: $0.quantity) }))
    }

    func statusChange() throws -> (LogEvent.Kind, store: Int) {
        guard let order, let store, let status = status.flatMap(LogStatus.init) else { throw incomplete }
        return (.status(LogStatusChange(order: order, status: status)), store)
    }

    func edit() throws -> LogEvent.Kind {
        guard let customer else { throw incomplete }
        return .customer(
            LogCustomerEdit(
                id: customer, phone: phone, tier: tier, points: points, tagsAdded: added ?? [], tagsRemoved: removed ?? []))
    }

    func onLine() throws -> PlayedAct {
        if kind == "change_line", let from, let to, let cut { return .cut(from: from, to: to, cut) }
        if kind == "tear_line", let one, let other { return .tear(one, other) }
        if kind == "strand_line", let one, let other { return .strand(one, other, isDiallerTold: told == one) }
        throw incomplete
    }
}
