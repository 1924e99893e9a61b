/// Names a session among those of a node; a later one has a higher number.
public struct SessionKey: Hashable, Comparable, Sendable {
    public let number: UInt64

    public init(number: UInt64) {
        self.number = number
    }

    public static func < (left: SessionKey, right: SessionKey) -> Bool { left.number < right.number }
}
