import CRDT
import Replica

/// A schema made for tests: every kind of field, ranked and unranked collections, facts that move counters in another scope.
enum TestSchema {
    static let schema = Schema([ticket, tally, album])

    static let ticket = Collection(
        10, "ticket",
        [
            Field(Ticket.title, "title", .register),
            Field(Ticket.note, "note", .register),
            Field(Ticket.labels, "labels", .set),
            Field(Ticket.prices, "prices", .map),
            Field(Ticket.state, "state", .progress(lattice)),
            Field(Ticket.moves, "moves", .facts(movements: movements)),
            Field(Ticket.quota, "quota", .escrow()),
        ])

    /// Unranked: nothing in it needs a stamp.
    static let tally = Collection(
        20, "tally",
        [
            Field(Tally.balance, "balance", .counter),
            Field(Tally.corrected, "corrected", .counter),
            Field(Tally.corrections, "corrections", .facts(movements: movements)),
        ])

    static let album = Collection(
        300, "album",
        [Field(Album.stickers, "stickers", .set), Field(Album.events, "events", .facts(movements: movements))])

    enum Ticket {
        static let title: UInt32 = 1
        static let note: UInt32 = 900_000
        static let labels: UInt32 = 3
        static let prices: UInt32 = 4
        static let state: UInt32 = 5
        static let moves: UInt32 = 6
        static let quota: UInt32 = 7
    }

    enum Tally {
        static let balance: UInt32 = 1
        static let corrected: UInt32 = 2
        static let corrections: UInt32 = 3
    }

    enum Album {
        static let stickers: UInt32 = 1
        static let events: UInt32 = 2
    }

    /// 2 and 3 are branches; 5 lies above everything.
    static let lattice = Lattice([
        .init(1, "open"), .init(2, "packed", follows: [1]), .init(3, "cancelled", follows: [1]),
        .init(4, "sent", follows: [2]), .init(5, "returned", follows: [3, 4]),
    ])

    /// What lies above each state of `lattice`, written out by hand.
    static let above: [Int64: Set<Int64>] = [1: [2, 3, 4, 5], 2: [4, 5], 3: [5], 4: [5], 5: []]

    static let scopes = [Scope(.customers), Scope(.stock), Scope(.books, of: 1), Scope(.stock, of: 1)]

    static func ticket(_ number: Int, in scope: Scope) -> RecordKey {
        RecordKey(scope: scope, collection: ticket.number, id: Identifier(number: UInt64(number), digits: 6))
    }

    /// In the stock scope beside a ticket's scope.
    static func tally(_ number: Int, beside scope: Scope) -> RecordKey {
        RecordKey(
            scope: Scope(.stock, of: scope.member), collection: tally.number,
            id: Identifier("SKU\(number)") ?? Identifier(number: 0, digits: 1))
    }

    static func album(_ number: Int, in scope: Scope) -> RecordKey {
        let id = number % 2 == 0 ? "an album, number \(number)" : "A\(number)"
        return RecordKey(scope: scope, collection: album.number, id: Identifier(id) ?? Identifier(number: 0, digits: 1))
    }

    /// A fact of a movement is (number of a tally, amount); other facts move nothing.
    @Sendable static func movements(_ key: RecordKey, _ fact: Value) -> [Movement] {
        guard case .tuple(let items) = fact, items.count == 2, case .integer(let number) = items[0],
            case .integer(let amount) = items[1]
        else { return [] }
        if key.collection == tally.number { return [Movement(key, Tally.corrected, amount)] }
        return [Movement(tally(Int(number), beside: key.scope), Tally.balance, amount)]
    }

    static func isRanked(_ key: RecordKey) -> Bool { key.collection == ticket.number }
}
