public import CRDT

/// Whether somebody has to agree to a write-off, and does.
public enum WriteOffStatus: Int64, CaseIterable, Sendable {
    case proposed = 0
    case approved = 1
    /// The goods are gone all the same: whoever says no has somebody look for them, and count.
    case rejected = 2

    public var name: String {
        switch self {
        case .proposed: "proposed"
        case .approved: "approved"
        case .rejected: "rejected"
        }
    }

    /// Of two decisions that are made apart, the no stands.
    public static let lattice = Lattice([
        Lattice.State(proposed.rawValue, proposed.name),
        Lattice.State(approved.rawValue, approved.name, follows: [proposed.rawValue]),
        Lattice.State(rejected.rawValue, rejected.name, follows: [approved.rawValue]),
    ])
}

/// Why goods are written off.
public enum WriteOffReason: Int64, CaseIterable, Sendable {
    case broken = 0
    case expired = 1
    case stolen = 2
    case used = 3
    case other = 4

    public var name: String {
        switch self {
        case .broken: "broken"
        case .expired: "expired"
        case .stolen: "stolen"
        case .used: "used"
        case .other: "other"
        }
    }

    public init?(name: String) {
        guard let reason = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = reason
    }
}

/// How far goods on their way have come.
public enum TransferStatus: Int64, CaseIterable, Sendable {
    case sent = 0
    /// The receiver waits for nothing more; whatever it lacks, or has too much, is to be settled.
    case arrived = 1
    /// A person has said what became of what did not arrive.
    case settled = 2

    public var name: String {
        switch self {
        case .sent: "sent"
        case .arrived: "arrived"
        case .settled: "settled"
        }
    }

    public static let lattice = Lattice([
        Lattice.State(sent.rawValue, sent.name),
        Lattice.State(arrived.rawValue, arrived.name, follows: [sent.rawValue]),
        Lattice.State(settled.rawValue, settled.name, follows: [arrived.rawValue]),
    ])
}

/// What became of goods that were sent and did not arrive, or arrived and were not sent. It moves no stock: who finds goods, or misses
/// them, counts the shelf.
public enum TransferOutcome: Int64, CaseIterable, Sendable {
    /// On the way.
    case lost = 0
    /// They never left.
    case notSent = 1
    /// They were received, and not counted.
    case received = 2

    public var name: String {
        switch self {
        case .lost: "lost"
        case .notSent: "not-sent"
        case .received: "received"
        }
    }

    public init?(name: String) {
        guard let outcome = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = outcome
    }
}
