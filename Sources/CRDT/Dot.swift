/// One life of one replica: the member it belongs to, and an incarnation drawn at random when that life began.
///
/// A restored or cloned file must never write under an origin again, so each life has its own: 24 bits of member number
/// (0 is the headquarters that founded the chain) above 40 random bits. Two clones that both begin a new life at once thus
/// differ, too.
public struct Origin: Hashable, Comparable, Sendable {
    public var rawValue: UInt64

    @inlinable
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// - Parameters:
    ///   - member: below 2^24.
    ///   - incarnation: random; its lower 40 bits are used.
    @inlinable
    public init(member: UInt32, incarnation: UInt64) {
        precondition(member < 1 << 24, "a member number has 24 bits")
        rawValue = UInt64(member) << 40 | incarnation & (1 << 40 - 1)
    }

    /// Who holds what nobody is to hold any more.
    public static let nobody = Origin(rawValue: .max)

    /// Any incarnation of a member: nobody's own, but somebody to ask.
    public static func anyIncarnation(of member: UInt32) -> Origin { Origin(member: member, incarnation: 0) }

    @inlinable public var member: UInt32 { UInt32(rawValue >> 40) }
    @inlinable public var incarnation: UInt64 { rawValue & (1 << 40 - 1) }

    @inlinable
    public static func < (left: Origin, right: Origin) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// The name of one transaction in one scope: who wrote it, and its place in that origin's sequence there (from 1).
public struct Dot: Hashable, Comparable, Sendable {
    public var origin: Origin
    public var sequence: UInt64

    @inlinable
    public init(origin: Origin, sequence: UInt64) {
        self.origin = origin
        self.sequence = sequence
    }

    /// A total order for canonical forms and for breaking ties; it says nothing about causality.
    @inlinable
    public static func < (left: Dot, right: Dot) -> Bool {
        left.origin == right.origin ? left.sequence < right.sequence : left.origin < right.origin
    }
}

/// Under what a local transaction writes to a record: its dot, and its stamp if the record's collection ranks anything.
public struct Version: Hashable, Sendable {
    public var dot: Dot
    public var stamp: HLC

    @inlinable
    public init(dot: Dot, stamp: HLC) {
        self.dot = dot
        self.stamp = stamp
    }
}
