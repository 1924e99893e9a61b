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
        var (bases, waiting) = ([Origin: Int64](), [Origin]())
        for origin in shares.keys.sorted() {
            let said = TupleReader(
                record.value(RetailSchema.Count.bases, Self.element(of: origin, for: reference, hash)), atLeast: 2)?.integer(0)
            bases[origin] = said ?? reference.contributions[origin]?.net ?? 0
            if said == nil, origin != reference.writer || reference.isLate { waiting.append(origin) }
        }
        (self.bases, self.waiting) = (bases, waiting)
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
