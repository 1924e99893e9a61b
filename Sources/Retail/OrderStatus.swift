public import CRDT

/// The life of an order, forward only. `settled` and `returned` are two ways on from `done`; whoever audits closes both.
public enum OrderStatus: Int64, CaseIterable, Sendable {
    case new = 0
    case paid = 1
    case done = 2
    case settled = 3
    case returned = 4
    case audited = 5

    public var name: String {
        switch self {
        case .new: "new"
        case .paid: "paid"
        case .done: "done"
        case .settled: "settled"
        case .returned: "returned"
        case .audited: "audited"
        }
    }

    public init?(name: String) {
        guard let status = Self.byName[name] else { return nil }
        self = status
    }

    private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })

    public static let lattice = Lattice([
        Lattice.State(new.rawValue, new.name),
        Lattice.State(paid.rawValue, paid.name, follows: [new.rawValue]),
        Lattice.State(done.rawValue, done.name, follows: [paid.rawValue]),
        Lattice.State(settled.rawValue, settled.name, follows: [done.rawValue]),
        Lattice.State(returned.rawValue, returned.name, follows: [done.rawValue]),
        Lattice.State(audited.rawValue, audited.name, follows: [settled.rawValue, returned.rawValue]),
    ])
}
