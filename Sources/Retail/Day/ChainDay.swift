internal import CRDT
public import Replica

/// One business day of the chain, as far as it is known here: of which stores it is complete, and as of when for the others.
public struct ChainDay: Hashable, Sendable {
    public struct Store: Hashable, Sendable {
        /// The member number of the store.
        public let number: UInt32
        /// The days of its tills that count for the date.
        public let days: [DayView]
        /// The tills of which no report is known here: they are still open, or dark. Ascending.
        public let missing: [UInt32]
        /// The latest that was heard of the store's books, in milliseconds since 1970 by the clock of whoever wrote it; nil: nothing.
        public let heard: Int64?

        public var isComplete: Bool { missing.isEmpty }
        public var figures: DayFigures { DayFigures(sumOf: days.flatMap(\.reports).map(\.figures)) }
    }

    /// As 20260302.
    public let date: Int64
    /// Ascending by number.
    public let stores: [Store]

    public var completeCount: Int { stores.count { $0.isComplete } }
    /// Of all reports that are known here.
    public var figures: DayFigures { DayFigures(sumOf: stores.map(\.figures)) }
}

extension Replica {
    /// What is known here of a business day, of all stores whose books are held.
    public func chainDay(_ date: Int64) throws -> ChainDay {
        let members = try keys(of: .chain, collection: RetailSchema.member.number).compactMap { key -> UInt32? in
            let record = try record(key)
            guard let number = UInt32("\(key.id)"), number != 0, record.moment(RetailSchema.Member.revoked) == nil,
                record.value(RetailSchema.Member.role) == nil
            else { return nil }
            return number
        }
        let tills = try Dictionary(grouping: members) { try store(of: $0) }
        let stores = try heldScopes.filter { $0.kind == .books }.map { scope in
            let days = try days(of: scope.member).filter { $0.date == date }
            let expected = Set(tills[scope.member] ?? []).union(days.map(\.till))
            let closed = days.filter { $0.status == .closed && !$0.reports.isEmpty }.map(\.till)
            let open = days.filter { $0.status == .open }.map(\.till)
            let stamp = newestStamp(in: scope)
            return ChainDay.Store(
                number: scope.member, days: days, missing: expected.subtracting(closed).union(open).sorted(),
                heard: stamp == .none ? nil : stamp.milliseconds)
        }
        // Somebody who sells nothing, and of whom nobody expects it, is no store.
        return ChainDay(
            date: date, stores: stores.filter { !($0.missing.isEmpty && $0.days.isEmpty) }.sorted { $0.number < $1.number })
    }
}
