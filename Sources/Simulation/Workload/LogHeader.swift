/// The first line of a recorded log: what chain it tells of.
public struct LogHeader: Sendable, Hashable {
    /// The version of the form that this program reads and writes.
    public static let currentVersion: Int64 = 1

    public var version: Int64
    /// The generator's seed; a log recorded from real trade has none.
    public var seed: Int64?
    /// Where the log comes from, in words; a generated log has none.
    public var source: String?
    /// Number of stores in the chain, without headquarters.
    public var stores: Int64
    /// Days of trade, if the log was generated.
    public var days: Int64?
    /// Orders per store and day, if the log was generated.
    public var ordersPerStoreAndDay: Int64?
    /// Number of SKUs in the catalogue.
    public var skus: Int64
    /// Number of customers on file.
    public var customers: Int64
    /// The start of the first day, in milliseconds since 1970.
    public var startMilliseconds: Int64

    public init(
        version: Int64 = currentVersion, seed: Int64? = nil, source: String? = nil, stores: Int64, days: Int64? = nil,
        ordersPerStoreAndDay: Int64? = nil, skus: Int64, customers: Int64, startMilliseconds: Int64
    ) {
        self.version = version
        self.seed = seed
        self.source = source
        self.stores = stores
        self.days = days
        self.ordersPerStoreAndDay = ordersPerStoreAndDay
        self.skus = skus
        self.customers = customers
        self.startMilliseconds = startMilliseconds
    }
}
