public import CRDT
public import Replica

/// One SKU's stock in one store: what moved, by kind, and what is on hand for it.
public struct StockView: Hashable, Sendable {
    /// A kind of movement, and which way it goes.
    public enum Kind: CaseIterable, Sendable {
        case sold, received, returned, sent, arrived, writtenOff

        public var name: String {
            switch self {
            case .sold: "sold"
            case .received: "received"
            case .returned: "returned"
            case .sent: "sent"
            case .arrived: "arrived"
            case .writtenOff: "written off"
            }
        }

        var field: UInt32 {
            switch self {
            case .sold: RetailSchema.Stock.sold
            case .received: RetailSchema.Stock.received
            case .returned: RetailSchema.Stock.returned
            case .sent: RetailSchema.Stock.sent
            case .arrived: RetailSchema.Stock.arrived
            case .writtenOff: RetailSchema.Stock.writtenOff
            }
        }

        /// - Parameter field: of `RetailSchema.Stock`.
        init?(field: UInt32) {
            guard let kind = Self.allCases.first(where: { $0.field == field }) else { return nil }
            self = kind
        }

        /// 1 where goods come, -1 where they go.
        public var sign: Int64 {
            switch self {
            case .received, .returned, .arrived: 1
            case .sold, .sent, .writtenOff: -1
            }
        }
    }

    public let sku: Identifier
    public let store: UInt32
    /// Of the SKU's smallest unit, by kind; those that never moved are left out.
    public let moved: [Kind: Int64]
    /// What was counted last; nil if nobody ever has.
    public let count: ShelfCount?
    /// What each contributor has moved, net.
    private let shares: [Origin: Int64]

    /// - Parameter counted: the SKU's record of counts there, and how to hash.
    public init(_ key: RecordKey, _ record: Record, counted: Record = Record(), hash: ([UInt8]) -> Hash128 = { _ in .zero }) {
        sku = key.id
        store = key.scope.member
        shares = Self.shares(record)
        count = ShelfCount(counted, shares: shares, hash: hash)
        var moved: [Kind: Int64] = [:]
        for kind in Kind.allCases {
            let counter = record.counter(kind.field)
            if !counter.shares.isEmpty { moved[kind] = counter.value }
        }
        self.moved = moved
    }

    public subscript(kind: Kind) -> Int64 { moved[kind] ?? 0 }

    public var sold: Int64 { self[.sold] }
    public var received: Int64 { self[.received] }
    public var returned: Int64 { self[.returned] }

    /// What is there, as far as is known: below 0 where more was sold than anybody had booked in.
    public var onHand: Int64 {
        let moved = shares.map { $0.value - (count?.bases[$0.key] ?? 0) }
        return ([count?.quantity ?? 0] + moved).sumWithinBounds
    }
}

extension RecordReader {
    public func stock(of sku: Identifier, at store: UInt32) throws -> StockView {
        let key = RetailSchema.stock(of: sku, at: store)
        return StockView(
            key, try record(key), counted: try record(RetailSchema.count(of: sku, at: store)), hash: { hash(of: $0) })
    }
}

extension Transaction {
    /// Says between what a store wants its stock of a SKU to stay; nil takes a limit away.
    public func setLimits(of sku: Identifier, at store: UInt32, low: Int64?, high: Int64?) throws {
        guard try article(sku, at: store) != nil else { throw CatalogueError.unknownArticle(sku, field: "sku") }
        for (field, limit) in [("low", low), ("high", high)] where !(0...Unit.quantityLimit).contains(limit ?? 0) {
            throw StockError.limitOutOfRange(field: field)
        }
        if let low, let high, low >= high { throw StockError.limitsCross }
        let key = RetailSchema.stockLimit(of: sku, at: store)
        try edit(
            key, by: .stockLimit,
            [("low", low.map { .integer($0) } ?? .nothing), ("high", high.map { .integer($0) } ?? .nothing)])
    }
}

extension Form {
    static let stockLimit = Form(
        "stock limit",
        [
            Entry(
                "low", RetailSchema.StockLimit.low, .integer(0...Unit.quantityLimit), "at so many, or fewer, somebody is told"),
            Entry(
                "high", RetailSchema.StockLimit.high, .integer(0...Unit.quantityLimit), "at so many, or more, somebody is told"),
        ])
}
