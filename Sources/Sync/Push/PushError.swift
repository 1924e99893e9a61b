public import CRDT
public import Replica

/// Why a push was refused, or could not be made.
public enum PushError: Error, Hashable, Sendable {
    /// More than `PushLimits` allow: it has to travel as ordinary deltas.
    case tooLarge(count: Int, limit: Int)
    /// A whole state is for anybody, and no push: it has to travel as an ordinary delta.
    case wholeState(Scope)
    /// The delta does not begin where the stream's receiver stands.
    case otherBase(Scope)
    /// Scopes of a push ascend, each once.
    case scopesOutOfOrder(Scope)
    /// A scope in which the receiver expects no pushes.
    case unknownScope(Scope)
    /// The first byte names a format that this version does not know.
    case unknownFormat(UInt8)
    /// The bits break their grammar. Offsets count bits from the first one.
    case bits(CodecError)
    /// The push is not what was encoded, or was encoded in another context or on other cuts, or a transaction is not the one
    /// that its chain goes on with.
    case checksum(stored: UInt32, computed: UInt32)
    /// What it tells breaks a rule of a delta's form.
    case malformed(DeltaFault)
    /// A record is larger than any record may be.
    case recordTooLarge(RecordKey)
    case hashing(HashingError)
}
