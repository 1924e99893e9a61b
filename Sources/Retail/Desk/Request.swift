public import CRDT
public import Replica

/// What was asked for under a key, so that whoever lost the answer asks again, and it is done once.
///
/// A key is known at the node that was first asked. One that begins with a till's member number in digits and capital letters (base 36)
/// and a full stop is that till's: elsewhere nobody can say whether it was done until word of it has come.
extension RetailSchema {
    /// In the books of the store, by the key.
    public static let request = Collection(
        17, "request", [Field(Request.asked, "asked", .register), Field(Request.answer, "answer", .register)])

    /// The field numbers of a request. Both are written by the transaction that does what was asked.
    public enum Request {
        /// (moment, text operation, 16 bytes hash of what it was asked with).
        public static let asked: UInt32 = 1
        /// Bytes, as `DeskValue` says.
        public static let answer: UInt32 = 2
    }

    public static func request(_ key: Identifier, of store: UInt32) -> RecordKey {
        RecordKey(scope: Scope(.books, of: store), collection: request.number, id: key)
    }
}

/// Why nothing was done under a key. Nothing was written.
public enum RequestError: Error, Hashable, Sendable {
    case malformed
    /// Something else was asked for under it.
    case reused(Identifier)
    /// It is another till's, which may have done it: word of it has not come.
    case pending(Identifier, till: UInt32)
}

extension RequestError: Refusal {
    public var problem: Problem {
        switch self {
        case .malformed:
            Problem(
                "malformed-key", field: "key", "This is no key.",
                remedy: "Give 8 to \(PlainText.idLimit) bytes that nobody has used before, without blanks at the ends.")
        case .reused(let key):
            Problem(
                "key-reused", field: "key", "Something else was asked for under \(key).",
                remedy: "Take another key for another deed.")
        case .pending(let key, let till):
            Problem(
                "pending-elsewhere", field: "key",
                "\(key) is a key of till \(till), and nobody here knows yet whether it was done.",
                remedy: "Ask that till, or wait until the lines are up.")
        }
    }
}

extension ShopOperation {
    /// Does a change once, however often it is asked for under one key.
    ///
    /// - Parameters:
    ///   - value: what it is asked with.
    ///   - key: nil for whoever does not ask again.
    /// - Returns: what it answered the first time.
    public func change(
        _ transaction: Transaction, at counter: ShopCounter, _ value: DeskValue, under key: String?
    ) throws -> DeskValue {
        let filled = try fill(value)
        guard let key else { return try change(transaction, at: counter, filled) }
        guard key.utf8.count >= 8, let id = PlainText.identifier(key) else { throw RequestError.malformed }
        let (record, hash) = (RetailSchema.request(id, of: counter.till.store), transaction.hash(of: value.asked.bytes))
        let known = try transaction.record(record)
        if let asked = TupleReader(known.value(RetailSchema.Request.asked), atLeast: 3) {
            guard asked.text(1) == "\(subject) \(verb)", asked.bytes(2) == hash.bytes else { throw RequestError.reused(id) }
            guard case .bytes(let bytes)? = known.value(RetailSchema.Request.answer), let answer = DeskValue(bytes: bytes)
            else {
                return .nothing
            }
            return answer
        }
        let parts = key.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, parts[0].allSatisfy({ $0.isNumber || $0.isUppercase }), let till = UInt32(parts[0], radix: 36),
            till < 1 << 24, till != counter.till.member
        {
            throw RequestError.pending(id, till: till)
        }
        let answer = try change(transaction, at: counter, filled)
        let asked = Value.tuple([.moment(counter.now), .text("\(subject) \(verb)"), .bytes(hash.bytes)])
        try transaction.set(RetailSchema.Request.asked, of: record, to: asked)
        try transaction.set(RetailSchema.Request.answer, of: record, to: .bytes(answer.bytes))
        return answer
    }
}

extension DeskValue {
    /// What was asked with, whatever was looked up for it since.
    fileprivate var asked: DeskValue {
        guard case .object(let members) = self else { return sorted }
        return DeskValue.object(members.filter { $0.name != "about" }).sorted
    }

    /// With the parts of objects by name: what is the same was asked with the same.
    private var sorted: DeskValue {
        switch self {
        case .object(let members):
            .object(
                members.filter { $0.value != .nothing }.sorted { $0.name < $1.name }.map { Member($0.name, $0.value.sorted) })
        case .list(let items): .list(items.map(\.sorted))
        case .nothing, .flag, .integer, .text: self
        }
    }
}
