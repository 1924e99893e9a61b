/// What kinds of values a value is made of, without what they say: what values of one column share.
public struct ValueShape: Hashable, Sendable {
    /// The kinds of the values that are no tuple, under the codes of their shapes.
    public enum Kind: UInt8, Sendable {
        case empty = 0
        case integer = 1
        case count = 2
        case moment = 3
        case text = 4
        case bytes = 5
        case identifier = 6
    }

    public let kinds: [Kind]
    public let isTuple: Bool
    /// Equal for equal shapes only.
    @usableFromInline let code: UInt64

    /// - Parameter kinds: one, or up to `Limits.tupleItems` of a tuple.
    public init(_ kinds: [Kind], isTuple: Bool) {
        precondition(isTuple ? kinds.count <= Limits.tupleItems : kinds.count == 1, "a value is one, or a tuple's items")
        (self.kinds, self.isTuple) = (kinds, isTuple)
        let items = kinds.reduce(UInt64(kinds.count)) { $0 << 3 | UInt64($1.rawValue) }
        code = items << 1 | (isTuple ? 1 : 0)
    }
}
