public import Replica

/// Where and when something is asked of a shop.
public struct ShopCounter: Hashable, Sendable {
    public let till: Till
    /// Milliseconds since 1970.
    public let now: Int64
    /// The day by the clock on the wall there, as 20260302.
    public let date: Int64
    /// Whether this is a headquarters.
    public let isHeadquarters: Bool

    var year: Int { Int(date / 10_000) }
    var place: CataloguePlace { isHeadquarters ? .chain : .drafts(of: till.store) }

    /// - Parameter date: as 20260302.
    public init(_ replica: Replica, now: Int64, date: Int64) throws {
        let member = replica.identity.member
        till = Till(member: member, store: try replica.store(of: member))
        (self.now, self.date) = (now, date)
        isHeadquarters = try member == 0 || replica.record(RetailSchema.member(member)).value(RetailSchema.Member.role) != nil
    }
}

/// Something that can be asked of a shop: the one description that commands, requests and their documents go by.
public struct ShopOperation: Sendable {
    enum Act: Sendable {
        case change(@Sendable (Transaction, ShopCounter, Filled) throws -> DeskValue)
        case question(@Sendable (Replica, ShopTables, ShopCounter, Filled) throws -> DeskValue)
    }

    /// What it is about: `order`.
    public let subject: String
    /// What is done: `sell`.
    public let verb: String
    /// A sentence without its full stop.
    public let summary: String
    public let parameters: [Parameter]
    let act: Act

    public var isChange: Bool { if case .change = act { true } else { false } }

    /// - Parameter change: what it does, and what it answers.
    init(
        _ subject: String, _ verb: String, _ summary: String, _ parameters: [Parameter],
        change: @escaping @Sendable (Transaction, ShopCounter, Filled) throws -> DeskValue
    ) {
        (self.subject, self.verb, self.summary, self.parameters, act) = (subject, verb, summary, parameters, .change(change))
    }

    /// - Parameter answer: what it answers, out of what is held.
    init(
        _ subject: String, _ verb: String, _ summary: String, _ parameters: [Parameter],
        answer: @escaping @Sendable (Replica, ShopTables, ShopCounter, Filled) throws -> DeskValue
    ) {
        (self.subject, self.verb, self.summary, self.parameters, act) = (subject, verb, summary, parameters, .question(answer))
    }

    public static let all: [ShopOperation] = [products, priceLists, orders, orderLines, stock, customers, days, inbox].flatMap(
        \.self)

    /// - Throws: `DeskError`
    public static func named(_ subject: String, _ verb: String) throws -> ShopOperation {
        guard let operation = all.first(where: { $0.subject == subject && $0.verb == verb }) else {
            throw DeskError.unknownOperation("\(subject) \(verb)")
        }
        return operation
    }

    /// Checks what was filled in, as far as that can be done without any record.
    public func fill(_ value: DeskValue) throws -> Filled { try Filled(value, parameters) }

    /// Does a change.
    public func change(_ transaction: Transaction, at counter: ShopCounter, _ filled: Filled) throws -> DeskValue {
        guard case .change(let act) = act else { throw DeskError.unknownOperation("\(subject) \(verb)") }
        return try act(transaction, counter, filled)
    }

    /// Answers a question.
    ///
    /// - Parameter tables: up to date with the replica.
    public func answer(_ replica: Replica, _ tables: ShopTables, at counter: ShopCounter, _ filled: Filled) throws -> DeskValue
    {
        guard case .question(let act) = act else { throw DeskError.unknownOperation("\(subject) \(verb)") }
        return try act(replica, tables, counter, filled)
    }
}

extension RecordReader {
    /// The store that was named by its name or member number; the counter's own if none was.
    func store(_ name: String, in filled: Filled, at counter: ShopCounter) throws -> UInt32 {
        if let number = filled.integer(name) {
            guard let store = UInt32(exactly: number), store < 1 << 24 else {
                throw DeskError.unknownStore("\(number)", field: name)
            }
            return store
        }
        guard let text = filled.text(name) else { return counter.till.store }
        for key in try keys(of: .chain, collection: RetailSchema.member.number) {
            if try record(key).text(RetailSchema.Member.name) == text, let number = UInt32("\(key.id)") { return number }
        }
        guard let number = UInt32(text), number < 1 << 24 else { throw DeskError.unknownStore(text, field: name) }
        return number
    }
}

extension ShopTables {
    /// Rows as objects.
    func objects(_ sql: String, _ values: [SQLValue] = []) throws -> DeskValue {
        let (columns, rows) = try table(sql, values)
        return .list(rows.map { row in .object(zip(columns, row).map { .init($0, DeskValue($1)) }) })
    }
}

extension DeskValue {
    init(_ value: SQLValue) {
        switch value {
        case .null: self = .nothing
        case .integer(let number): self = .integer(number)
        case .real(let number): self = .integer(Int64(number.rounded()))
        case .text(let text): self = .text(text)
        case .bytes(let bytes): self = .text("\(bytes.count) bytes")
        }
    }

    /// - Returns: what is nothing if there is none.
    static func optional(_ number: Int64?) -> DeskValue { number.map { .integer($0) } ?? .nothing }
    static func optional(_ text: String?) -> DeskValue { text.map { .text($0) } ?? .nothing }
}
