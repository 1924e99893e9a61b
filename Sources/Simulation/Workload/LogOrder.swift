/// An order as it was made in a store, with status `new`.
public struct LogOrder: Sendable, Hashable {
    /// One line of an order.
    public struct Line: Sendable, Hashable {
        public var sku: String
        /// In the SKU's smallest unit. Zero occurs in recorded data: coupons, weighed goods.
        public var quantity: Int64
        /// In minor units of the log's one currency.
        public var unitPriceMinorUnits: Int64

        public init(sku: String, quantity: Int64, unitPriceMinorUnits: Int64) {
            self.sku = sku
            self.quantity = quantity
            self.unitPriceMinorUnits = unitPriceMinorUnits
        }
    }

    public var id: String
    /// The customer's id, or empty for a sale to nobody in particular.
    public var customer: String
    /// The kind of payment: `card`, `cash`, ...
    public var payment: String
    /// What was charged, in minor units. In recorded data not always the sum of the lines, whose prices are rounded.
    public var totalMinorUnits: Int64
    /// In the order of the till. Nothing forbids one SKU on two lines.
    public var lines: [Line]
    /// Loyalty points to add to the customer's counter, if any.
    public var points: Int64?

    public init(
        id: String, customer: String, payment: String, totalMinorUnits: Int64, lines: [Line], points: Int64? = nil
    ) {
        self.id = id
        self.customer = customer
        self.payment = payment
        self.totalMinorUnits = totalMinorUnits
        self.lines = lines
        self.points = points
    }
}
