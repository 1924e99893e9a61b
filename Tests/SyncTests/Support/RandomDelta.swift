import CRDT
import Replica
import Simulation
import Sync

/// Makes up deltas of every form that the rules allow, and of no meaning.
struct RandomDelta {
    private var random: SeededRandom

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    mutating func delta(records count: Int, cells: Int = 12) throws -> Delta {
        let reach: DeltaReach = chance(5) ? .wholeState : .namedSlots
        let header = header(reach: reach)
        var keys: Set<RecordKey> = []
        while keys.count < count {
            let collection: UInt16 = pick([0, 1, 1, 1, 30, 65_535])
            keys.insert(RecordKey(scope: header.scope, collection: collection, id: identifier()))
        }
        let records = try keys.sorted().map { try DeltaRecord(key: $0, cells: self.cells(upTo: cells, header)) }
        return Delta(header: header, records: records)
    }

    /// A delta of named slots, and a basis that it may begin at: some origins are further, some not as far, some unknown.
    mutating func pushed(records count: Int) throws -> (Delta, PushBasis) {
        var delta = try delta(records: count)
        while delta.header.reach == .wholeState { delta = try self.delta(records: count) }
        func hash() -> Hash128 { Hash128(high: random.next(), low: random.next()) }
        var known: [(origin: Origin, point: ChainPoint)] = []
        for (origin, point) in delta.header.cut.points {
            let other = ChainPoint(sequence: random.next() % (point.sequence + 3), hash: hash())
            let next = ChainPoint(sequence: point.sequence - 1, hash: hash())
            known.append((origin, pick([point, next, other])))
        }
        if chance(2) { known.append((Origin(member: 9, incarnation: 1), ChainPoint(sequence: 3, hash: hash()))) }
        let told = Cut(known)
        delta.header.base = Cut(
            delta.header.cut.points.compactMap { origin, point in
                told[origin].map { (origin, $0.sequence > point.sequence ? point : $0) }
            })
        let entries = delta.header.cut.points.filter { _ in chance(3) }
            .map { VersionVector.Entry(origin: $0.origin, sequence: 1 + random.next() % $0.point.sequence) }
        delta.header.horizon = VersionVector(entries)
        var basis = PushBasis(cut: told, horizon: chance(2) ? VersionVector(entries.dropFirst()) : delta.header.horizon)
        if chance(2) {
            var header = delta.header
            (header.cut, header.horizon) = (told, basis.horizon)
            basis.advance(past: header)
        }
        return (delta, basis)
    }

    mutating func header(reach: DeltaReach) -> DeltaHeader {
        let points = (0..<number(below: 5) + 1).map { index in
            let origin = Origin(member: UInt32(index), incarnation: random.next())
            let point = ChainPoint(sequence: random.next() % 2000 + 1, hash: Hash128(high: random.next(), low: random.next()))
            return (origin: origin, point: point)
        }
        let cut = Cut(points)
        let runs = cut.points.map { RunSpan(origin: $0.origin, from: 1, high: random.next(), low: random.next()) }
        return DeltaHeader(
            scope: Scope(.books, of: 7), base: Cut(), cut: cut, horizon: VersionVector(), reach: reach, runs: runs)
    }

    /// A record's cells; under one dot they have one stamp, that of the transaction.
    mutating func cells(upTo limit: Int, _ header: DeltaHeader) -> [Cell] {
        struct Place: Hashable {
            let slot: SlotKey
            let dot: Dot
        }
        var cells: [Place: Cell] = [:]
        var stamps: [Dot: HLC] = [:]
        let versions = (0..<number(below: 3) + 1).map { _ in version(header) }
        for _ in 0..<number(below: limit) + 1 {
            let version = chance(3) ? self.version(header) : pick(versions)
            let stamp = stamps[version.dot, default: version.stamp]
            stamps[version.dot] = stamp
            let slot = SlotKey(field: pick([0, 1, 2, 3, 3, 3, 4, 500, Limits.field - 1]), element: element())
            cells[Place(slot: slot, dot: version.dot)] = Cell(
                slot: slot, dot: version.dot, stamp: stamp, content: content(header))
        }
        return cells.values.sorted { ($0.slot, $0.dot) < ($1.slot, $1.dot) }
    }

    private mutating func version(_ header: DeltaHeader) -> Version {
        let (origin, point) = pick(header.cut.points)
        let stamps: [UInt64] = [0, 0, 1, 113_968_124_160_835_584 + random.next() % 1_000_000_000, random.next()]
        return Version(
            dot: Dot(origin: origin, sequence: random.next() % point.sequence + 1), stamp: HLC(rawValue: pick(stamps)))
    }

    private mutating func element() -> Element {
        switch number(below: 6) {
        case 0: .index(random.next() >> (random.next() % 64))
        case 1, 2: .index(random.next() % 4)
        case 3: .identifier(identifier())
        case 4: .bytes(bytes(below: 40))
        default: .none
        }
    }

    private mutating func content(_ header: DeltaHeader) -> Cell.Content {
        switch number(below: 8) {
        case 0: .removed
        case 1: header.reach == .wholeState ? .removed : .held
        case 2, 3:
            .value(.tuple([.identifier(identifier()), .integer(integer()), .integer(integer())]))
        case 4: .value(.tuple((0..<number(below: 17)).map { _ in scalar() }))
        default: .value(scalar())
        }
    }

    private mutating func scalar() -> Value {
        switch number(below: 8) {
        case 0: .empty
        case 1, 2: .integer(integer())
        case 3: .count(Count(increments: random.next() % (Limits.magnitude + 1), decrements: random.next() % 5))
        case 4: .moment(pick([0, 1_739_000_000_000, -Limits.momentMagnitude, Limits.momentMagnitude]))
        case 5: .text(pick(["", "+491234567890", "007", "card", "Grüße", "e\u{301}", "\u{e9}", "a\u{0}b"]))
        case 6: .bytes(bytes(below: 12))
        default: .identifier(identifier())
        }
    }

    private mutating func integer() -> Int64 {
        chance(8) ? Int64(bitPattern: random.next()) : Int64(random.next() % 2000) - 100
    }

    private mutating func identifier() -> Identifier {
        let number = random.next() % 100_000
        let texts = ["P\(number)", "C0\(number)", "\(number)", "vip", "S-\(number)-x", "größe\(number % 7)", "Z9\(number)"]
        return Identifier(pick(texts)) ?? Identifier(number: 1, digits: 1)
    }

    private mutating func bytes(below limit: Int) -> [UInt8] {
        (0..<number(below: limit)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    mutating func number(below limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
    private mutating func chance(_ parts: Int) -> Bool { number(below: parts) == 0 }
    private mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[number(below: choices.count)] }
}
