public import CRDT
internal import Replica

/// What is on one shelf: what was counted, and what has moved since.
///
/// On hand are the quantities of the zones, and of every contributor what it has moved beyond its *base*: what it had moved until the
/// look at the shelf. The base is what whoever counted knew of it, until the contributor itself says it better, because only it knows
/// of what had moved and had not come yet. So a sale that was made before the look and is heard of after it is not taken off twice, and
/// one that was made behind it is taken off once, whatever has happened to lines and machines. Entries of the latest stocktake hold;
/// zones add up; of two counts of one zone the later look holds, and the other one stays in sight.
///
/// Sold, received and sent is in the zone in which a store sells: its entry's bases hold, or, if that zone was not counted, those of
/// the latest look.
public struct ShelfCount: Hashable, Sendable {
    /// What a contributor has said of its movements.
    struct Word: Hashable, Sendable {
        /// Until the look, net.
        let base: Int64
        /// In all, as it said so.
        let share: Int64

        var value: Value { .tuple([.integer(base), .integer(share)]) }

        init(base: Int64, share: Int64) { (self.base, self.share) = (base, share) }

        init?(_ value: Value?) {
            guard let items = TupleReader(value, atLeast: 2), let base = items.integer(0), let share = items.integer(1) else {
                return nil
            }
            self.init(base: base, share: share)
        }
    }

    /// The zone in which a store sells.
    public static let salesZone = "shop"

    /// What holds, one for each zone, ascending by zone.
    public let entries: [CountEntry]
    /// Other counts of zones of the same stocktake, which are believed less.
    public let variances: [CountEntry]
    /// The entry whose look parts what is counted from what has moved since.
    public let reference: CountEntry
    /// What every contributor had moved until the look, as far as it is known.
    public let bases: [Origin: Int64]
    /// Contributors that have not said yet what they had moved until the look: ascending. On hand is provisional until then.
    public let waiting: [Origin]
    /// What contributors have said themselves of the look.
    private let words: [Origin: Word]

    public var quantity: Int64 { entries.map(\.quantity).sumWithinBounds }

    /// - Parameter shares: what each contributor has moved in all, net.
    /// - Returns: nil if nobody has counted.
    init?(_ record: Record, shares: [Origin: Int64], hash: ([UInt8]) -> Hash128) {
        let all = record.cells(ofField: RetailSchema.Count.entries).compactMap(CountEntry.init).sorted { $0.isBefore($1) }
        guard let last = all.last else { return nil }
        var byZone: [Identifier: CountEntry] = [:]
        var variances: [CountEntry] = []
        for entry in all where entry.stocktake == last.stocktake {
            if let other = byZone.updateValue(entry, forKey: entry.zone) { variances.append(other) }
        }
        entries = byZone.values.sorted { $0.zone < $1.zone }
        self.variances = variances
        reference = entries.first { "\($0.zone)" == Self.salesZone } ?? last
        var (bases, waiting, words) = ([Origin: Int64](), [Origin](), [Origin: Word]())
        for origin in shares.keys.sorted() {
            let element = Self.element(of: origin, for: reference, hash)
            words[origin] = Word(record.value(RetailSchema.Count.bases, element))
            bases[origin] = words[origin]?.base ?? reference.contributions[origin]?.net ?? 0
            if words[origin] == nil, origin != reference.writer || reference.isLate { waiting.append(origin) }
        }
        (self.bases, self.waiting, self.words) = (bases, waiting, words)
    }

    /// Whether there is something to be said of what a contributor had moved until the look.
    ///
    /// - Parameters:
    ///   - share: all that it has moved, as it is known now.
    ///   - isOver: the contributor moves nothing any more; but more of what it did may come to light.
    func wantsWord(of origin: Origin, share: Int64, isOver: Bool) -> Bool {
        waiting.contains(origin) || isOver && words[origin].map { $0.share != share } ?? false
    }

    /// Where a contributor says what it had moved until an entry's look.
    static func element(of origin: Origin, for entry: CountEntry, _ hash: ([UInt8]) -> Hash128) -> Element {
        var writer = ByteWriter()
        writer.write(fixed64: origin.rawValue)
        return .bytes(writer.bytes + hash(entry.name).bytes)
    }
}

extension StockView {
    /// What each contributor has moved, net.
    static func shares(_ record: Record) -> [Origin: Int64] {
        var shares: [Origin: Int64] = [:]
        for kind in Kind.allCases {
            for share in record.counter(kind.field).shares { shares[share.origin, default: 0] += kind.sign * share.count.net }
        }
        return shares
    }
}
