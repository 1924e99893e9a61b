public import Sync

/// How much a machine's program takes in, and how long it waits.
public struct MachineBounds: Hashable, Sendable {
    public var session = SessionBounds()
    /// Pages of write-ahead log after which it is moved into the file.
    public var logFrames = 1000

    public init() {}
}
