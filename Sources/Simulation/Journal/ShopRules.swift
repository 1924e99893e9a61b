internal import Replica
internal import Retail

/// What the laboratory knows of the shop, written out by hand: it must not learn from the code that it holds to account.
enum ShopRules {
    /// The states of an order, each behind all that lie below it: new, paid, confirmed, picking, ready, shipped, done, cancelled,
    /// settled, recalled, returned, upheld, audited.
    private static let statuses: [Int64] = [0, 1, 6, 7, 8, 9, 2, 10, 3, 11, 4, 12, 5]

    /// What lies above each of them.
    static let statusesAbove: [Int64: Set<Int64>] = [
        0: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 1: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
        6: [2, 3, 4, 5, 7, 8, 9, 10, 11, 12], 7: [2, 3, 4, 5, 8, 9, 10, 11, 12], 8: [2, 3, 4, 5, 9, 10, 11, 12],
        9: [2, 3, 4, 5, 11, 12], 2: [3, 4, 5, 11, 12], 10: [4, 5, 11, 12], 11: [4, 5, 12], 3: [5], 4: [5], 12: [5], 5: [],
    ]

    /// What an order is read as that was moved to some states: the lowest that is none of them's past.
    static func statusRead(of states: [Int64]) -> Int64? {
        statuses.first { candidate in
            states.allSatisfy { $0 == candidate || statusesAbove[$0, default: []].contains(candidate) }
        }
    }

    /// Whether something in a record is decided by who wrote last: what only adds up carries no time.
    static func isRanked(_ key: RecordKey) -> Bool {
        key.collection != RetailSchema.stock.number && key.collection != RetailSchema.points.number
    }

    /// Whether somebody may hold rights in a record, and pass them on.
    static func hasRights(_ key: RecordKey) -> Bool { key.collection == QuotaSchema.quota.number }

    /// Whether the engine, or a node, keeps a record for itself.
    static func isOfEngine(_ key: RecordKey) -> Bool {
        (2...9).contains(key.collection) || key.collection == RetailSchema.fenceReceipt.number
    }
}
