public import CRDT

/// Who a replica is within its chain.
public struct Identity: Hashable, Sendable {
    /// The same on every replica of a chain; drawn when the chain is founded.
    public var chain: Hash128
    /// 0 is the headquarters that founded the chain.
    public var member: UInt32
    /// This incarnation.
    public var origin: Origin

    public init(chain: Hash128, member: UInt32, incarnation: UInt64) {
        self.chain = chain
        self.member = member
        origin = Origin(member: member, incarnation: incarnation)
    }
}

/// What a replica is told by whoever opens it, because it reads no clock, draws no randomness and keeps no secret.
public struct OpeningParameters: Sendable {
    public var schema: Schema
    /// 16 secret bytes that all replicas of a chain share: the key of their digests.
    public var digestKey: [UInt8]
    /// 128 fresh random bits: the run that begins with this opening.
    public var run: Hash128
    /// The name of a registered SQLite VFS; nil for the operating system's files.
    public var vfs: String?
    /// The page cache, in KiB.
    public var cacheKiB: Int

    public init(schema: Schema, digestKey: [UInt8], run: Hash128, vfs: String? = nil, cacheKiB: Int = 16_384) {
        self.schema = schema
        self.digestKey = digestKey
        self.run = run
        self.vfs = vfs
        self.cacheKiB = cacheKiB
    }
}
