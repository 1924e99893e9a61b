public import CRDT

/// From when on a price holds on which list: an element of an article's prices.
public struct PricePoint: Hashable, Sendable {
    /// The number of the price list; 0 is retail.
    public let list: UInt16
    /// Minutes since 1970; 0 is since ever.
    public let minute: Int64

    /// Up to the year 2099.
    static let minuteLimit: Int64 = 68_374_080

    /// - Returns: nil before 1970 and after 2099.
    public init?(list: UInt16, minute: Int64) {
        guard (0...Self.minuteLimit).contains(minute) else { return nil }
        (self.list, self.minute) = (list, minute)
    }

    init?(_ element: Element) {
        guard case .index(let index) = element else { return nil }
        self.init(list: UInt16(index >> 48), minute: Int64(index & 0xFFFF_FFFF_FFFF))
    }

    public var element: Element { .index(UInt64(list) << 48 | UInt64(minute)) }
}
