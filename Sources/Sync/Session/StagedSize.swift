/// How much of a large delta is handed to the replica at once.
public struct StagedSize: Hashable, Sendable {
    /// What it took on the wire, with frames: given back as credit once it is staged.
    public let wireBytes: Int
    /// What it takes in memory until then.
    public let memoryBytes: Int

    public init(wireBytes: Int, memoryBytes: Int) {
        self.wireBytes = wireBytes
        self.memoryBytes = memoryBytes
    }
}
