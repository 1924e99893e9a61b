/// A hybrid logical clock's stamp: 48 bits of milliseconds since 1970 above 16 bits of counter.
///
/// Stamps label and rank cells that were written concurrently, and do no more: a causally later write wins whatever its
/// stamp says. Source: Kulkarni et al., "Logical Physical Clocks" (2014), with the counter carrying into the milliseconds.
public struct HLC: Hashable, Comparable, Sendable {
    public var rawValue: UInt64

    /// No stamp: the mark of cells that no clock ranks (counters, escrow rows, facts).
    public static let none = HLC(rawValue: 0)

    @inlinable
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// The first stamp of a millisecond. Times before 1970 or after the year 10889 are clamped to that range.
    @inlinable
    public init(milliseconds: Int64) {
        rawValue = UInt64(min(max(milliseconds, 0), 1 << 48 - 1)) << 16
    }

    @inlinable public var milliseconds: Int64 { Int64(rawValue >> 16) }
    @inlinable public var counter: UInt16 { UInt16(truncatingIfNeeded: rawValue) }

    /// The stamp of the next transaction: above `self` and not below the wall clock. The highest stamp of all repeats: past it
    /// concurrent writes rank by dot only.
    ///
    /// - Parameter milliseconds: the wall clock, in milliseconds since 1970.
    @inlinable
    public func next(at milliseconds: Int64) -> HLC {
        if Mutants.isOn("stamp-of-the-wall-clock-alone") { return HLC(milliseconds: milliseconds) }
        return max(HLC(rawValue: rawValue == .max ? .max : rawValue + 1), HLC(milliseconds: milliseconds))
    }

    @inlinable
    public static func < (left: HLC, right: HLC) -> Bool {
        left.rawValue < right.rawValue
    }
}
