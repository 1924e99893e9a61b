/// How a number or an id is predicted.
enum PushChoice {
    static let plain: UInt8 = 0
    /// Near the last one here.
    static let last: UInt8 = 1
    /// Of an id: the record's last single id.
    static let echo: UInt8 = 2
    /// Of a record's id: one that was told in a content before.
    static let told: UInt8 = 3
    /// Of an integer, and the three after it: near a part of the amount.
    static let amount: UInt8 = 2
    static let amountEnd: UInt8 = 6
}
