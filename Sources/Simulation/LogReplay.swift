internal import CRDT
public import Replica
public import Retail

/// Turns the events of a recorded log into transactions at the members that made them.
///
/// Members are numbered as they appear: HQ is 0, stores follow from 1. It remembers in which store's books every order
/// stands, some 50 bytes an order.
public struct LogReplay: Sendable {
    /// By number.
    public private(set) var names: [String]
    private var numbers: [String: UInt32]
    private var homes: [String: UInt32] = [:]

    public static let headquarters = "HQ"

    /// - Parameter names: the members that are known already, by number; HQ first.
    public init(names: [String] = [headquarters]) {
        precondition(names.first == Self.headquarters, "HQ is member 0")
        self.names = names
        numbers = Dictionary(uniqueKeysWithValues: zip(names, 0...))
    }

    /// The number of a member; a new one if it was not seen before.
    public mutating func member(named name: String) -> UInt32 {
        if let number = numbers[name] { return number }
        let number = UInt32(names.count)
        names.append(name)
        numbers[name] = number
        return number
    }

    /// The member whose replica makes an event.
    public mutating func member(of event: LogEvent) -> UInt32 {
        let member = member(named: event.replica)
        if case .order(let order) = event.kind { homes[order.id] = member }
        return member
    }

    /// The member in whose books an order stands.
    public func home(ofOrder id: String) -> UInt32? { homes[id] }

    /// Writes an event as part of a transaction.
    ///
    /// - Parameter member: the replica's own, as `member(of:)` gave it.
    public func apply(_ event: LogEvent, at member: UInt32, in transaction: Transaction) throws {
        switch event.kind {
        case .order(let order): try transaction.place(NewOrder(order, placed: event.timeMilliseconds), at: member)
        case .status(let change):
            guard let status = OrderStatus(name: change.status.rawValue) else { return }
            let home = homes[change.order] ?? member
            do {
                try transaction.advance(order: identifier(change.order), of: home, to: status)
            } catch ReplicaError.progress(_, _, .goesBack(let from, let to)) where from == to {
                return
            }
        case .receipt(let receipt):
            let lines = receipt.lines.map { (sku: identifier($0.sku), quantity: $0.quantity) }
            try transaction.receive(
                identifier(receipt.id), received: event.timeMilliseconds, lines, at: member)
        case .customer(let edit):
            let texts = [
                (RetailSchema.Customer.phone, edit.phone), (RetailSchema.Customer.tier, edit.tier),
                (RetailSchema.Customer.home, edit.home),
            ]
            try transaction.edit(
                customer: identifier(edit.id), texts.compactMap { field, text in text.map { (field, $0) } },
                adding: edit.tagsAdded.map(identifier), removing: edit.tagsRemoved.map(identifier),
                points: edit.points ?? 0, at: member)
        }
    }
}

/// The reader has checked that ids have 1 to 64 bytes.
private func identifier(_ text: String) -> Identifier {
    guard let identifier = Identifier(text) else { preconditionFailure("a log's ids are checked when it is read") }
    return identifier
}

extension NewOrder {
    /// - Parameter placed: milliseconds since 1970.
    public init(_ order: LogOrder, placed: Int64) {
        self.init(
            id: identifier(order.id), customer: order.customer.isEmpty ? nil : identifier(order.customer),
            payment: order.payment, total: order.totalMinorUnits, placed: placed,
            lines: order.lines.map {
                Line(sku: identifier($0.sku), quantity: $0.quantity, unitPrice: $0.unitPriceMinorUnits)
            },
            points: order.points ?? 0)
    }
}
