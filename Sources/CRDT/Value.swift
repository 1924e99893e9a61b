/// What a cell says.
///
/// Money is integer minor units, quantities are integers of the smallest unit, times are milliseconds since 1970; there is no
/// floating point. Equality is by canonical bytes.
public enum Value: Sendable {
    /// Presence without content: an element of a set.
    case empty
    case integer(Int64)
    case count(Count)
    /// A business time in milliseconds since 1970, at most 2^53 from it.
    case moment(Int64)
    case text(String)
    case bytes([UInt8])
    case identifier(Identifier)
    /// Values that only make sense together, such as SKU, quantity and price of an order's line. No tuple inside a tuple.
    case tuple([Value])
}

/// What one contributor added to and took from a counter, in all: both only ever grow.
public struct Count: Hashable, Sendable {
    public var increments: UInt64
    public var decrements: UInt64

    @inlinable
    public init(increments: UInt64 = 0, decrements: UInt64 = 0) {
        self.increments = increments
        self.decrements = decrements
    }

    /// Cannot overflow within `Limits.magnitude`.
    @inlinable public var net: Int64 { Int64(increments) - Int64(decrements) }
}

/// Bounds on everything that is stored or travels. With them no join of valid states can overflow.
public enum Limits {
    /// The most that one contributor may add to, or take from, one counter in all.
    public static let magnitude: UInt64 = 1 << 48
    /// The most cells in a record, and so in a slot, whatever is joined. As many contributors at the limit of `magnitude` sum
    /// up to 2^62.
    public static let cellsPerRecord = 1 << 14
    /// The most cells to which a local write may let a record grow.
    ///
    /// A join keeps at most the cells of both sides, so what islands come to when they meet is at most the sum of what each
    /// had: eight islands may each fill the same record on their own (8 x 2^11 = 2^14), or a thousand may each add 14 cells to
    /// a full one (2^11 + 1000 x 14 < 2^14), and every join is accepted.
    public static let writtenCellsPerRecord = 1 << 11
    public static let valueBytes = 1 << 16
    /// The most bytes of a record, whatever is joined.
    public static let recordBytes = 1 << 21
    /// The most bytes to which a local write may let a record grow: an eighth, as with cells.
    public static let writtenRecordBytes = 1 << 18
    /// The highest sequence of a transaction: a thousand a second for 34 years. Sums near it, over all origins that a scope may
    /// have, do not overflow.
    public static let sequence: UInt64 = 1 << 40
    public static let tupleItems = 16
    public static let momentMagnitude: Int64 = 1 << 53
    public static let field: UInt32 = 1 << 20
}

extension Value: Hashable {
    public static func == (left: Value, right: Value) -> Bool {
        switch (left, right) {
        case (.empty, .empty): true
        case (.integer(let left), .integer(let right)): left == right
        case (.count(let left), .count(let right)): left == right
        case (.moment(let left), .moment(let right)): left == right
        case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
        case (.bytes(let left), .bytes(let right)): left == right
        case (.identifier(let left), .identifier(let right)): left == right
        case (.tuple(let left), .tuple(let right)): left == right
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .empty: hasher.combine(0)
        case .integer(let number), .moment(let number): hasher.combine(number)
        case .count(let count): hasher.combine(count)
        case .text(let text): for byte in text.utf8 { hasher.combine(byte) }
        case .bytes(let bytes): hasher.combine(bytes)
        case .identifier(let identifier): hasher.combine(identifier)
        case .tuple(let items): hasher.combine(items)
        }
    }
}

extension Value {
    /// Whether the value respects `Limits`, so that it may be stored.
    public var isWithinLimits: Bool {
        switch self {
        case .empty, .integer, .identifier: true
        case .count(let count): count.increments <= Limits.magnitude && count.decrements <= Limits.magnitude
        case .moment(let time): time.magnitude <= Limits.momentMagnitude.magnitude
        case .text(let text): text.utf8.count <= Limits.valueBytes
        case .bytes(let bytes): bytes.count <= Limits.valueBytes
        case .tuple(let items): items.count <= Limits.tupleItems && items.allSatisfy(\.isTupleItem)
        }
    }

    private var isTupleItem: Bool {
        if case .tuple = self { false } else { isWithinLimits }
    }
}
