public import CRDT

/// The life of an order, forward only.
///
/// From `done` on a recorded log knows two ways, `settled` and `returned`, and whoever audits closes both. An order that was cancelled
/// at one place while it was shipped at another is `recalled`: what has left has left, somebody has to decide whether it comes back
/// (`returned`) or the customer keeps it (`upheld`).
public enum OrderStatus: Int64, CaseIterable, Sendable {
    case new = 0
    case paid = 1
    case done = 2
    case settled = 3
    case returned = 4
    case audited = 5
    case confirmed = 6
    case picking = 7
    case ready = 8
    case shipped = 9
    case cancelled = 10
    case recalled = 11
    case upheld = 12

    public var name: String {
        switch self {
        case .new: "new"
        case .paid: "paid"
        case .done: "done"
        case .settled: "settled"
        case .returned: "returned"
        case .audited: "audited"
        case .confirmed: "confirmed"
        case .picking: "picking"
        case .ready: "ready"
        case .shipped: "shipped"
        case .cancelled: "cancelled"
        case .recalled: "recalled"
        case .upheld: "upheld"
        }
    }

    public init?(name: String) {
        guard let status = Self.byName[name] else { return nil }
        self = status
    }

    private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })

    /// Where two islands went different ways, the first state above both is read.
    public static let lattice = Lattice([
        Lattice.State(new.rawValue, new.name),
        Lattice.State(paid.rawValue, paid.name, follows: [new.rawValue]),
        Lattice.State(confirmed.rawValue, confirmed.name, follows: [paid.rawValue]),
        Lattice.State(picking.rawValue, picking.name, follows: [confirmed.rawValue]),
        Lattice.State(ready.rawValue, ready.name, follows: [picking.rawValue]),
        Lattice.State(shipped.rawValue, shipped.name, follows: [ready.rawValue]),
        Lattice.State(done.rawValue, done.name, follows: [shipped.rawValue]),
        Lattice.State(cancelled.rawValue, cancelled.name, follows: [ready.rawValue]),
        Lattice.State(settled.rawValue, settled.name, follows: [done.rawValue]),
        Lattice.State(recalled.rawValue, recalled.name, follows: [done.rawValue, cancelled.rawValue]),
        Lattice.State(returned.rawValue, returned.name, follows: [recalled.rawValue]),
        Lattice.State(upheld.rawValue, upheld.name, follows: [recalled.rawValue]),
        Lattice.State(audited.rawValue, audited.name, follows: [settled.rawValue, returned.rawValue, upheld.rawValue]),
    ])

    /// Whether nothing has left yet, so that its goods are still kept for it and it may still be changed.
    public var isOpen: Bool {
        switch self {
        case .new, .paid, .confirmed, .picking, .ready: true
        case .shipped, .done, .settled, .returned, .audited, .cancelled, .recalled, .upheld: false
        }
    }
}
