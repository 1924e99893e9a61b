internal import CRDT
internal import Replica
internal import Retail
internal import Sync

/// What somebody says who calls with a member's certificate.
struct HostileSpeech {
    /// How far the called one has told to hold a scope, and what it has of a large delta.
    struct Told {
        var cut = Cut()
        var staged: DeltaHeader?
    }

    let way: HostileWay
    let chain: Hash128
    /// The member's incarnation.
    let origin: Origin
    /// Whose name it takes, or where it writes.
    let stranger: Origin
    let customer: Identifier
    /// A record in the member's own books, as it has written it; nil if it has written none.
    let order: (key: RecordKey, cells: [Cell])?
    /// What the clock shows.
    let wall: Int64
    var random: SeededRandom
    /// Who is called.
    var calledOrigin: Origin?

    private static let customers = Scope(.customers)

    // MARK: The opening

    /// What it claims to hold.
    var offer: [Offer.Entry] {
        guard way == .future, let calledOrigin else { return [] }
        let cut = Cut([(calledOrigin, Self.future)])
        return [Offer.Entry(scope: Self.customers, form: .told(cut, digest: nil, staged: nil))]
    }

    private static let future = ChainPoint(sequence: 900_000, hash: Hash128(high: 9, low: 900_000))

    /// What it says of a past that somebody doubts.
    func knowledge(of origin: Origin, in scope: Scope) -> [Frame] {
        [
            .checkpoints([signed(Self.future, of: origin, in: scope)]),
            .knowledge(scope, origin, ChainKnowledge(last: Self.future.sequence, points: [Self.future], runs: [])),
        ]
    }

    /// With the only key that it has.
    private func signed(_ point: ChainPoint, of other: Origin, in scope: Scope) -> SignedCheckpoint {
        let message = SignedCheckpoint.message(chain: chain, scope: scope, origin: other, point: point)
        return SignedCheckpoint(
            scope: scope, origin: other, point: point, signature: SimulatedNode.signature(of: message, by: origin.member))
    }

    // MARK: Data

    /// What it says once the session is open.
    mutating func say(about told: [Scope: Told], from node: Int) throws -> (bytes: [UInt8], forgery: Forgery?) {
        let customers = told[Self.customers] ?? Told()
        switch way {
        case .garbage: return ((0..<64).map { _ in UInt8.random(in: 0...255, using: &random) }, nil)
        case .future: return ([], nil)
        case .strangersScope:
            let scope = stranger.member == 0 ? Scope.chain : Scope(.stock, of: stranger.member)
            return (try delta(in: scope, told[scope] ?? Told()), nil)
        case .strangeBase:
            let own = customers.cut[origin]?.sequence ?? 0
            return (try delta(in: Self.customers, customers, base: own + 3), nil)
        case .leftOff: return (try delta(in: Self.customers, customers, announcing: 1 << 20, isEnded: false), nil)
        case .earlyEnd:
            guard let staged = customers.staged else {
                return (try delta(in: Self.customers, customers, announcing: 3), nil)
            }
            return (Frame.begin(staged, records: 1 << 20).bytes + Frame.end.bytes, nil)
        case .twoContents: return (try otherContent(told), nil)
        case .hearsay, .forgedSignature, .pushedHearsay: return try forged(customers, 1, node)
        case .pushedFuture: return try forged(customers, UInt64.random(in: 2...40, using: &random), node)
        }
    }

    /// A transaction of the member's own about the customer.
    ///
    /// - Parameters:
    ///   - base: which transaction of its own it builds on, if it is not the last one.
    ///   - count: how many records it says that there are.
    private mutating func delta(
        in scope: Scope, _ told: Told, base: UInt64? = nil, announcing count: UInt64 = 1, isEnded: Bool = true
    ) throws -> [UInt8] {
        let last = base ?? told.cut[origin]?.sequence ?? 0
        var header = header(scope, on: told.cut, origin, behind: last)
        if base != nil { header.base = told.cut.with(ChainPoint(sequence: last, hash: hash()), of: origin) }
        let key = RecordKey(scope: scope, collection: RetailSchema.customer.number, id: customer)
        return try frames(header, key, [cell(Dot(origin: origin, sequence: last + 1))], count, isEnded)
    }

    /// A whole state of an order in which one thing that was said for good is another one.
    private mutating func otherContent(_ told: [Scope: Told]) throws -> [UInt8] {
        guard let order, let held = told[order.key.scope], order.cells.allSatisfy({ held.cut.vector.covers($0.dot) }),
            let index = order.cells.firstIndex(where: { $0.slot.field == RetailSchema.Order.lines })
        else { return [] }
        var header = header(order.key.scope, on: held.cut, origin, behind: held.cut[origin]?.sequence ?? 0)
        header.base = Cut()
        var cells = order.cells
        cells[index].content = .value(.text("something else"))
        return try frames(header, order.key, cells)
    }

    /// So many transactions in the name of another member, of which the last one is told.
    private mutating func forged(_ told: Told, _ count: UInt64, _ node: Int) throws -> ([UInt8], Forgery?) {
        let base = told.cut[stranger]
        let skipped = (1..<count).map { ChainPoint(sequence: (base?.sequence ?? 0) + $0, hash: hash()) }
        let header = header(Self.customers, on: told.cut, stranger, behind: (base?.sequence ?? 0) + count - 1)
        guard let point = header.cut[stranger] else { return ([], nil) }
        let key = RetailSchema.customer(customer)
        let cell = cell(Dot(origin: stranger, sequence: point.sequence))
        let isPushed = way == .pushedHearsay || way == .pushedFuture
        var bytes = isPushed ? try push(header, key, [cell]) : try frames(header, key, [cell])
        if way == .forgedSignature { bytes += Frame.checkpoints([signed(point, of: stranger, in: Self.customers)]).bytes }
        let forgery = Forgery(
            scope: Self.customers, origin: stranger, base: base, skipped: skipped, point: point, stamp: cell.stamp,
            seen: told.cut,
            effect: Effect(key, RetailSchema.Customer.tier, .assign(Self.tier)), node: node)
        return (bytes, forgery)
    }

    // MARK: Parts

    private static let tier = Value.text("forged")

    private func cell(_ dot: Dot) -> Cell {
        Cell(
            slot: SlotKey(field: RetailSchema.Customer.tier), dot: dot, stamp: HLC(milliseconds: wall),
            content: .value(Self.tier))
    }

    private mutating func hash() -> Hash128 { Hash128(high: random.next(), low: random.next()) }

    /// One more transaction of an origin.
    private mutating func header(_ scope: Scope, on base: Cut, _ origin: Origin, behind last: UInt64) -> DeltaHeader {
        let cut = base.with(ChainPoint(sequence: last + 1, hash: hash()), of: origin)
        return DeltaHeader(scope: scope, base: base, cut: cut, horizon: VersionVector(), runs: [])
    }

    /// The receiver reads it relative to what it has told itself.
    private func push(_ header: DeltaHeader, _ key: RecordKey, _ cells: [Cell]) throws -> [UInt8] {
        var context = PushContext()
        let delta = Delta(header: header, records: [try DeltaRecord(key: key, cells: cells)])
        let bytes = try PushEncoder().encode([delta], known: { _ in PushBasis(cut: header.base) }, &context)
        return Frame.push(bytes).bytes
    }

    private func frames(
        _ header: DeltaHeader, _ key: RecordKey, _ cells: [Cell], _ count: UInt64 = 1, _ isEnded: Bool = true
    ) throws -> [UInt8] {
        let piece = try PieceEncoder(header).encode([try DeltaRecord(key: key, cells: cells)]).bytes
        let frames: [Frame] = [.begin(header, records: count), .piece(piece)] + (isEnded ? [.end] : [])
        return frames.flatMap(\.bytes)
    }
}

extension Cut {
    fileprivate func with(_ point: ChainPoint, of origin: Origin) -> Cut {
        Cut(points.filter { $0.origin != origin } + [(origin, point)])
    }
}
