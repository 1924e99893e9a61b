internal import CRDT
internal import Replica

/// What was found in a record, before anybody has asked what was decided about it.
struct InboxFinding {
    let kind: InboxEntry.Kind
    let subject: RecordKey
    /// What tells it from another thing of the same kind about the same record.
    let about: String
    let happened: String
    let done: String
    let values: [String]
    let ways: [InboxEntry.Way]
    /// Where values differ.
    let field: SlotKey?

    /// By so much a till's clock may be set without anybody's being told: milliseconds.
    static let clockTolerance: Int64 = 600_000

    init(
        _ kind: InboxEntry.Kind, _ subject: RecordKey, about: String, _ happened: String, done: String, values: [String],
        _ ways: [InboxEntry.Way], field: SlotKey? = nil
    ) {
        (self.kind, self.subject, self.about, self.happened) = (kind, subject, about, happened)
        (self.done, self.values, self.ways, self.field) = (done, values, ways, field)
    }

    /// A value as a person reads it.
    static func text(_ value: Value?) -> String {
        switch value {
        case .text(let text): text
        case .integer(let number), .moment(let number): "\(number)"
        case .count(let count): "\(count.net)"
        case .identifier(let id): "\(id)"
        case .tuple(let items): items.map(text).joined(separator: " ")
        case .bytes(let bytes): "\(bytes.count) bytes"
        case .empty, nil: "nothing"
        }
    }

    func id(hash: ([UInt8]) -> Hash128) -> Identifier {
        let place = field.map { "\($0.field) \($0.element)" } ?? ""
        let text = "\(kind.rawValue)\n\(subject.scope) \(subject.collection) \(subject.id) \(place)\n\(about)"
        guard let id = Identifier("\(kind.rawValue).\(hash(Array(text.utf8)))") else {
            preconditionFailure("an entry's id is short")
        }
        return id
    }
}

extension InboxFinding {
    /// Two customers of one telephone number.
    init(customer: Identifier, and other: Identifier) {
        self.init(
            .duplicateCustomer, RetailSchema.customer(customer), about: "\(other)",
            "\(customer) and \(other) have the same telephone number: they seem to be one customer.",
            done: "Both records stay; nothing was changed.", values: ["\(customer)", "\(other)"],
            [
                .init(name: "merge", help: "they are one: \(other) becomes \(customer), with all its orders"),
                .init(name: "different", help: "they are two"),
            ])
    }
}
