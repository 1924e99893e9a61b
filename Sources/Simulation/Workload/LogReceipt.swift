/// Goods received by a store: its stock goes up.
public struct LogReceipt: Sendable, Hashable {
    /// One line of a goods receipt.
    public struct Line: Sendable, Hashable {
        public var sku: String
        /// In the SKU's smallest unit, at least 1.
        public var quantity: Int64

        public init(sku: String, quantity: Int64) {
            self.sku = sku
            self.quantity = quantity
        }
    }

    public var id: String
    public var lines: [Line]

    public init(id: String, lines: [Line]) {
        self.id = id
        self.lines = lines
    }
}
