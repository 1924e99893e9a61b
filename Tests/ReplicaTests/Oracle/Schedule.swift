import CRDT
import Replica
import Simulation

/// Replicas that write, exchange, stage, fold and restart as a seed says, each held against the fold after every step.
struct Schedule {
    var random: SeededRandom
    var sites: [Site] = []
    var oracle = FoldOracle()
    var milliseconds = Site.epoch
    /// Deltas that were made at some time and may arrive at any.
    var mail: [Delta] = []
    /// Cuts that are on their way, by receiver.
    var transfers: [Int: [Transfer.Place: Transfer]] = [:]
    /// The cut that each site was about to take in last.
    var beginning: [Int: Transfer] = [:]
    /// How often a disk failed somebody.
    var failures = 0
    /// A commit failed of which nobody knows whether a crash brings it back.
    var isUndecided = false
    /// What follows each site's feed, by scope.
    var projections: [Int: [Scope: Projection]] = [:]
    var syncLies = false
    var hasAllMarks = true
    /// Up to where marks may go. Site 0 is the registrar.
    var horizons = HorizonModel()
    /// What came by others than its origin, by site.
    var relayed: [Int: RelayModel] = [:]
    /// The scopes that the step under way may have changed.
    var touched: Set<Scope> = []
    /// Cuts that a site once had, durably.
    var memories: [Int: [Scope: [Cut]]] = [:]

    struct Transfer {
        /// Each sender of a scope has its own.
        struct Place: Hashable, Comparable {
            let scope: Scope
            var member: UInt32?

            static func < (left: Place, right: Place) -> Bool {
                (left.scope, left.member.map { Int64($0) } ?? -1) < (right.scope, right.member.map { Int64($0) } ?? -1)
            }
        }

        let header: DeltaHeader
        let pieces: [[DeltaRecord]]
        var member: UInt32?
        var staged = 0
        var isPublished = false

        var place: Place { Place(scope: header.scope, member: member) }
    }

    func isFolding(_ scope: Scope, at index: Int) -> Bool {
        transfers[index]?.contains { $0.key.scope == scope && $0.value.isPublished } ?? false
    }

    /// What is held by now, whoever was sending it, is forgotten when another cut begins or becomes visible.
    mutating func forgetHeld(at index: Int) {
        let site = sites[index]
        transfers[index] = transfers[index]?.filter { place, transfer in
            transfer.isPublished || !site.vector(place.scope).covers(transfer.header.cut.vector)
        }
    }

    init(seed: UInt64, siteCount: Int) throws {
        random = SeededRandom(seed: seed)
        for number in 0..<siteCount { sites.append(try Site(UInt32(number) + 1)) }
    }

    /// Runs some steps, then brings all sites together.
    mutating func run(steps: Int) throws {
        for _ in 0..<steps {
            let index = Int.random(in: sites.indices, using: &random)
            try step(at: index)
            milliseconds += Int64.random(in: 0...40, using: &random)
        }
        try converge()
    }

    mutating func step(at index: Int) throws {
        touched = []
        switch Int.random(in: 0..<22, using: &random) {
        case 0..<6: try writeBatch(at: index)
        case 6: try post(from: index)
        case 7, 8: try deliver(to: index)
        case 9...11: try sync(to: index)
        case 12...16: try moveTransfer(to: index)
        case 17: try restart(index)
        case 18: try tend(index)
        case 19: try vouch(to: index)
        case 20: try sign(index)
        default: remember(index)
        }
        for scope in touched.sorted() { try check(index, scope) }
    }

    mutating func anyScope() -> Scope { TestSchema.scopes.randomElement(using: &random) ?? .chain }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    /// Each site's clock is wrong in its own way.
    func clock(of index: Int) -> Int64 { milliseconds + Int64(index - 1) * 200_000 }

    // MARK: Local work

    mutating func writeBatch(at index: Int) throws {
        for _ in 0..<Int.random(in: 1...3, using: &random) { try writeOnce(at: index) }
        if chance(70) { try commit(index) }
    }

    mutating func writeOnce(at index: Int) throws {
        let site = sites[index]
        var operation = RandomOperation(by: site, among: sites.map(\.identity.origin), oracle)
        operation.hasAllMarks = hasAllMarks
        let (isAbandoned, count) = (chance(12), Int.random(in: 1...4, using: &random))
        var choices = random.split()
        let before = site.replica.latestStamp
        let receipt: Receipt
        do {
            receipt = try site.replica.apply(at: clock(of: index)) { transaction in
                for _ in 0..<count { try operation.perform(transaction, &choices) }
                if isAbandoned { throw Abandoned() }
            }.receipt
        } catch is Abandoned {
            return touched = Set(TestSchema.scopes)
        }
        let effects = Dictionary(grouping: operation.effects, by: \.key.scope)
        try require(receipt.dots.map(\.scope) == effects.keys.sorted(), "dots in \(receipt.dots), not \(effects.keys)")
        try require(effects.isEmpty || receipt.stamp > before, "stamp \(receipt.stamp) after \(before)")
        for part in receipt.dots {
            touched.insert(part.scope)
            let seen = site.vector(part.scope)
            let dot = Dot(origin: site.identity.origin, sequence: seen.sequence(of: site.identity.origin) + 1)
            try require(part.dot == dot, "\(part.scope): dot \(part.dot), not \(dot)")
            oracle.note(effects[part.scope] ?? [], dot: dot, stamp: receipt.stamp, run: site.run, seen: seen)
            site.vectors[part.scope, default: VersionVector()].advance(dot.origin, to: dot.sequence)
        }
    }

    mutating func commit(_ index: Int) throws {
        sites[index].intend()
        try sites[index].replica.commit()
        sites[index].noteCommit()
    }

    /// Closes a file and opens it, or kills the process; what was not committed is gone.
    mutating func restart(_ index: Int) throws {
        let site = sites[index]
        touched = Set(TestSchema.scopes)
        if chance(50) { try site.reopen() } else { try site.restart(on: site.disk.image) }
        forgetUnacknowledged(of: site)
        let found = TestSchema.scopes.map { site.replica.vector(of: $0) }
        try require(found == TestSchema.scopes.map { site.vector($0) }, "a restart finds \(found)")
        let staged = site.replica.stagedCuts
        let expected = (transfers[index] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
        let isKept = staged.elementsEqual(expected) {
            ($0.header, $0.sender, $0.isPublished) == ($1.header, $1.member, $1.isPublished)
        }
        try require(isKept, "staged cuts are lost: \(staged.map(\.header.scope)), not \(expected.map(\.header.scope))")
    }

    mutating func forgetUnacknowledged(of site: Site) {
        for (scope, dots) in site.unacknowledged { oracle.forget(scope, dots) }
        site.vectors = site.durable
    }

    mutating func tend(_ index: Int) throws {
        touched = Set(TestSchema.scopes)
        sites[index].intend()
        if chance(50) {
            _ = try sites[index].replica.checkpoint()
        } else {
            try sites[index].replica.compact()
        }
        sites[index].noteCommit()
    }

    mutating func remember(_ index: Int) {
        guard sites[index].unacknowledged.allSatisfy(\.value.isEmpty) else { return }
        for scope in TestSchema.scopes {
            memories[index, default: [:]][scope, default: []].append(sites[index].replica.cut(of: scope))
        }
    }
}
