public import CRDT
public import Replica

/// What became of a request for rights.
public struct EscrowGrant: Hashable, Sendable {
    public let key: RecordKey
    public let field: UInt32
    public let requester: Origin
    /// 0 if there was nothing to spare; the request is decided all the same.
    public let amount: UInt64

    public init(key: RecordKey, field: UInt32, requester: Origin, amount: UInt64) {
        self.key = key
        self.field = field
        self.requester = requester
        self.amount = amount
    }
}
