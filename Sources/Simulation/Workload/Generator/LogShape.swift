/// How large a generated log is.
public struct LogShape: Sendable, Hashable {
    /// The shapes that have a name.
    public enum Size: String, Sendable, CaseIterable {
        /// 1,000 orders, 0.4 MB: for tests.
        case tiny
        /// 10,000 orders, 3.9 MB.
        case small
        /// 100,000 orders, 39 MB.
        case medium
        /// 1,000,000 orders, 387 MB.
        case large
    }

    /// Stores in the chain, without headquarters.
    public let stores: Int
    public let days: Int
    public let ordersPerStoreAndDay: Int
    /// SKUs in the catalogue.
    public let skus: Int
    /// Customers on file.
    public let customers: Int

    /// How many orders the log will have.
    public var orders: Int { stores * days * ordersPerStoreAndDay }

    /// The shape of a named size.
    public init(_ size: Size) {
        (stores, days, ordersPerStoreAndDay, skus, customers) =
            switch size {
            case .tiny: (4, 5, 50, 500, 200)
            case .small: (10, 10, 100, 5_000, 1_500)
            case .medium: (20, 50, 100, 10_000, 12_000)
            case .large: (50, 100, 200, 20_000, 100_000)
            }
    }

    /// A shape of any size that a reader still accepts.
    ///
    /// - Throws: ``LogShapeError`` if a figure is outside its range.
    public init(
        stores: Int, days: Int, ordersPerStoreAndDay: Int, skus: Int, customers: Int
    ) throws(LogShapeError) {
        self.stores = try LogShape.check(stores, named: "stores", in: 1...10_000)
        self.days = try LogShape.check(days, named: "days", in: 1...10_000)
        self.ordersPerStoreAndDay = try LogShape.check(ordersPerStoreAndDay, named: "orders per store and day", in: 1...10_000)
        self.skus = try LogShape.check(skus, named: "SKUs", in: 1...1_000_000)
        self.customers = try LogShape.check(customers, named: "customers", in: 1...10_000_000)
        _ = try LogShape.check(orders, named: "orders", in: 1...LogLimits.ids)
    }

    private static func check(
        _ value: Int, named name: String, in allowed: ClosedRange<Int>
    ) throws(LogShapeError) -> Int {
        guard allowed.contains(value) else { throw .outOfRange(figure: name, value: value, allowed: allowed) }
        return value
    }
}
