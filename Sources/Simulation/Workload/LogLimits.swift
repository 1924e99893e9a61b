/// What a recorded log may hold at most. A reader refuses everything beyond; all bounds are inclusive.
public enum LogLimits {
    /// Bytes of one line, without its line feed.
    public static let lineBytes = 1 << 20
    /// Bytes of an id, a replica's name, a kind of payment or a tag, in UTF-8.
    public static let idBytes = 1...64
    /// Bytes of a customer's field, which an empty text clears.
    public static let textBytes = 0...64
    /// Bytes of the header's `source`.
    public static let sourceBytes = 0...1024
    /// Lines of an order.
    public static let orderLines = 500
    /// Lines of a goods receipt.
    public static let receiptLines = 200
    /// Tags added, or removed, by one edit.
    public static let tags = 64
    /// Orders of one log, and as many goods receipts: a reader remembers their ids. Ids of up to 15 bytes cost 20 to 40
    /// bytes each, so that a million orders take about 45 MB; longer ones about twice their length more.
    public static let ids = 10_000_000

    /// Milliseconds since 1970: from then to the end of 2099.
    public static let timeMilliseconds: ClosedRange<Int64> = 0...4_102_444_799_999
    /// Event numbers and groups.
    public static let numbers: ClosedRange<Int64> = 0...1_000_000_000_000
    /// The header's counts of stores, SKUs, customers, days and orders.
    public static let counts: ClosedRange<Int64> = 0...1_000_000_000
    /// The quantity of an order's line.
    public static let soldQuantity: ClosedRange<Int64> = 0...1_000_000
    /// The quantity of a receipt's line.
    public static let receivedQuantity: ClosedRange<Int64> = 1...1_000_000
    /// A unit price. With quantity and lines at their limits too, the sum of an order fits in 64 bits.
    public static let unitPriceMinorUnits: ClosedRange<Int64> = 0...1_000_000_000
    /// An order's total.
    public static let totalMinorUnits: ClosedRange<Int64> = 0...1_000_000_000_000
    /// Loyalty points of one event.
    public static let points: ClosedRange<Int64> = -1_000_000_000...1_000_000_000
}
