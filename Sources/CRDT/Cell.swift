/// Which element of a set, map or fact field a slot is; `none` for a field that is one slot.
public enum Element: Hashable, Sendable {
    case none
    case index(UInt64)
    case identifier(Identifier)
    case bytes([UInt8])
}

/// The unit of merging within a record: a field, or one element of one.
public struct SlotKey: Hashable, Sendable {
    /// A permanent number out of the schema, below `Limits.field`.
    public var field: UInt32
    public var element: Element

    @inlinable
    public init(field: UInt32, element: Element = .none) {
        self.field = field
        self.element = element
    }
}

/// One live statement in a slot, under the dot of the transaction that made it.
public struct Cell: Hashable, Sendable {
    public enum Content: Hashable, Sendable {
        case value(Value)
        /// A touch mark: the slot was emptied here. It reads as nothing and tells peers to drop what the remover saw.
        case removed
        /// Only in a delta: the cell lives, and its value is held by every replica that may join the delta.
        case held
    }

    public var slot: SlotKey
    public var dot: Dot
    /// Ranks concurrent cells of a register; `none` where nothing is ranked.
    public var stamp: HLC
    public var content: Content

    @inlinable
    public init(slot: SlotKey, dot: Dot, stamp: HLC, content: Content) {
        self.slot = slot
        self.dot = dot
        self.stamp = stamp
        self.content = content
    }

    @inlinable public var value: Value? {
        if case .value(let value) = content { value } else { nil }
    }

    @inlinable public var isMark: Bool {
        if case .removed = content { true } else { false }
    }
}

extension Element: Comparable {
    @inlinable
    public static func < (left: Element, right: Element) -> Bool {
        switch (left, right) {
        case (.none, .none): false
        case (.index(let left), .index(let right)): left < right
        case (.identifier(let left), .identifier(let right)): left < right
        case (.bytes(let left), .bytes(let right)): left.lexicographicallyPrecedes(right)
        default: left.rank < right.rank
        }
    }

    @usableFromInline var rank: Int {
        switch self {
        case .none: 0
        case .index: 1
        case .identifier: 2
        case .bytes: 3
        }
    }
}

extension SlotKey {
    /// Whether the slot respects `Limits`, so that cells in it may be stored.
    public var isWithinLimits: Bool {
        guard field < Limits.field else { return false }
        return if case .bytes(let bytes) = element { bytes.count <= Limits.valueBytes } else { true }
    }
}

extension SlotKey: Comparable {
    @inlinable
    public static func < (left: SlotKey, right: SlotKey) -> Bool {
        left.field == right.field ? left.element < right.element : left.field < right.field
    }
}
