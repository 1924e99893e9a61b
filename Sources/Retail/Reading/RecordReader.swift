public import CRDT
public import Replica

/// Where records are read: in a transaction that is being put together, which sees its own writes, or in a replica.
public protocol RecordReader {
    /// Empty if there is none.
    func record(_ key: RecordKey) throws -> Record
    /// The run under which a transaction was made: part of the identity of its facts.
    func run(of dot: Dot, in scope: Scope) -> Run?
    /// The first 16 bytes of SHA-256.
    func hash(of bytes: [UInt8]) -> Hash128
    /// What is held of a scope; a transaction's own work is not in it.
    func vector(of scope: Scope) -> VersionVector
    /// What has changed in a scope beyond a vector; a transaction's own work is not in it.
    func feed(of scope: Scope, beyond vector: VersionVector) throws -> FeedNews
    /// Every key of a scope, or of one of its collections, ascending; a transaction's own work is not in it.
    func keys(of scope: Scope, collection: UInt16?) throws -> [RecordKey]
}

extension Transaction: RecordReader {}

extension Replica: RecordReader {}

extension RecordReader {
    /// The facts of a record's field, each once, ascending by identity.
    func facts(_ field: UInt32, of key: RecordKey) throws -> [Fact] {
        try record(key).facts(field) { run(of: $0, in: key.scope) }
    }

    /// The store in which a member sells: its own, or that whose till it is.
    public func store(of member: UInt32) throws -> UInt32 {
        let store = try record(RetailSchema.member(member)).integer(RetailSchema.Member.store)
        return store.flatMap(UInt32.init(exactly:)) ?? member
    }

    /// Whether a record says anything.
    public func exists(_ key: RecordKey) throws -> Bool {
        try record(key).cells.contains { !$0.isMark }
    }
}
