/// A step of an order's status, written by the store or by headquarters.
public struct LogStatusChange: Sendable, Hashable {
    /// The order's id; the log made it earlier.
    public var order: String
    public var status: LogStatus

    public init(order: String, status: LogStatus) {
        self.order = order
        self.status = status
    }
}
