/// Names a connection of one loop. A name is never used again: what is sent to a connection that has ended goes nowhere else.
public struct ConnectionID: Hashable, Sendable {
    let index: UInt32
    let generation: UInt32
}

extension ConnectionID: Comparable {
    public static func < (left: ConnectionID, right: ConnectionID) -> Bool {
        (left.index, left.generation) < (right.index, right.generation)
    }
}

extension ConnectionID: CustomStringConvertible {
    public var description: String { "connection \(index).\(generation)" }
}

/// Names a listener of one loop.
public struct ListenerID: Hashable, Sendable {
    let number: UInt32
}

/// Names an attempt to connect. It ends in `opened` or in `failed`, exactly once, unless it is cancelled.
public struct AttemptID: Hashable, Sendable {
    let number: UInt64
}

/// Names a timer of one loop.
public struct TimerID: Hashable, Sendable {
    let number: UInt64
}
