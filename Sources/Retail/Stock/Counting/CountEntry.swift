public import CRDT

/// What somebody found in one zone of a store, and what the books said of every contributor's movements then.
public struct CountEntry: Hashable, Sendable {
    /// What was known of a contributor as the entry was made.
    public struct Contribution: Hashable, Sendable {
        /// Up to which of its transactions the store's books were held.
        public var sequence: UInt64
        /// The net of its movements of the SKU.
        public var net: Int64
    }

    public var stocktake: Identifier
    /// A part of the store: `shop`, `cellar`. Zones of one stocktake add up.
    public var zone: Identifier
    /// Who counted. Two people's counts of one zone compete.
    public var counter: Identifier
    /// Of the SKU's smallest unit.
    public var quantity: Int64
    /// When the shelf was looked at, in milliseconds since 1970.
    public var taken: Int64
    /// Whether it was entered when time had gone on since the look: then what was known as it was entered is not what had happened.
    public var isLate: Bool
    /// Which incarnation made the entry: of its own movements it knew all.
    public var writer: Origin
    public var contributions: [Origin: Contribution]
    /// Of the transaction that holds it here.
    public var dot = Dot(origin: .nobody, sequence: 0)

    public init(
        stocktake: Identifier, zone: Identifier, counter: Identifier, quantity: Int64, taken: Int64, isLate: Bool,
        writer: Origin,
        contributions: [Origin: Contribution]
    ) {
        (self.stocktake, self.zone, self.counter, self.quantity) = (stocktake, zone, counter, quantity)
        (self.taken, self.isLate, self.writer, self.contributions) = (taken, isLate, writer, contributions)
    }

    static let zoneLimit = 20
    static let counterLimit = 40

    /// Where it stands: a later entry of the same person for the same zone takes its place.
    ///
    /// - Returns: nil if the two names are too long together.
    static func element(zone: Identifier, counter: Identifier) -> Element? {
        Identifier("\(zone)\(RetailSchema.idSeparator)\(counter)").map { .identifier($0) }
    }

    /// What tells it from every other entry, whatever transaction holds it.
    var name: [UInt8] {
        let parts = ["\(stocktake)", "\(zone)", "\(counter)", "\(quantity)", "\(taken)", "\(writer.rawValue)"]
        return Array(parts.joined(separator: String(RetailSchema.idSeparator)).utf8)
    }

    /// Of two counts of one zone the one that was looked later is believed; the dot breaks ties.
    func isBefore(_ other: CountEntry) -> Bool { (taken, dot) < (other.taken, other.dot) }
}

extension CountEntry {
    var value: Value {
        .tuple([
            .identifier(stocktake), .integer(quantity), .moment(taken), .integer(isLate ? 1 : 0),
            .integer(Int64(bitPattern: writer.rawValue)), .bytes(packedContributions),
        ])
    }

    init?(_ cell: Cell) {
        guard case .identifier(let place) = cell.slot.element, let items = cell.value.flatMap({ TupleReader($0, atLeast: 6) }),
            let stocktake = items.identifier(0), let quantity = items.integer(1), let taken = items.moment(2),
            let late = items.integer(3), let writer = items.integer(4), let packed = items.bytes(5),
            let contributions = Self.contributions(packed)
        else { return nil }
        let parts = "\(place)".split(separator: RetailSchema.idSeparator).compactMap { Identifier(String($0)) }
        guard parts.count == 2 else { return nil }
        self.init(
            stocktake: stocktake, zone: parts[0], counter: parts[1], quantity: quantity, taken: taken, isLate: late != 0,
            writer: Origin(rawValue: UInt64(bitPattern: writer)), contributions: contributions)
        dot = cell.dot
    }

    /// Ascending by origin: fixed64 origin, varint sequence, varint net in zigzag.
    private var packedContributions: [UInt8] {
        var bytes = ByteWriter()
        for (origin, known) in contributions.sorted(by: { $0.key < $1.key }) {
            bytes.write(fixed64: origin.rawValue)
            bytes.write(varint: known.sequence)
            bytes.write(varint: UInt64(bitPattern: known.net << 1 ^ known.net >> 63))
        }
        return bytes.bytes
    }

    private static func contributions(_ packed: [UInt8]) -> [Origin: Contribution]? {
        packed.withUnsafeBytes { raw in
            var (reader, all) = (ByteReader(raw), [Origin: Contribution]())
            while !reader.isAtEnd {
                guard let origin = try? reader.readFixed64(), let sequence = try? reader.readVarint(),
                    let net = try? reader.readVarint()
                else { return nil }
                all[Origin(rawValue: origin)] = Contribution(
                    sequence: sequence, net: Int64(bitPattern: net >> 1) ^ -Int64(bitPattern: net & 1))
            }
            return all
        }
    }
}
