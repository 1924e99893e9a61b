import CRDT
import Replica
import Simulation

/// Replicas that collect touch marks behind a horizon which only some of them have reached; others come late, and damaged rows
/// are mended from peers that collected more or less.
extension Schedule {
    /// Runs some steps among members, whose vectors the registrar asks for, and others, who were thought to be gone.
    mutating func runHorizons(steps: Int, memberCount: Int) throws {
        hasAllMarks = false
        for _ in 0..<steps {
            touched = []
            let index = Int.random(in: sites.indices, using: &random)
            switch Int.random(in: 0..<20, using: &random) {
            case 0, 1: try advanceHorizon(among: 0..<memberCount)
            case 2: try hearDecisions(index, from: sites.indices.randomElement(using: &random) ?? 0)
            case 3, 4: try collect(at: index)
            case 5: try loseRow(at: index)
            case 6: try vacuum(index)
            case 7..<13: try gossip(to: index)
            default: try step(at: index)
            }
            for scope in touched.sorted() { try check(index, scope) }
            milliseconds += Int64.random(in: 0...40, using: &random)
        }
        try converge()
        try collectEverything()
    }

    private mutating func advanceHorizon(among members: Range<Int>) throws {
        let scope = anyScope()
        try commit(0)
        let acknowledged = members.dropFirst().map { sites[$0].durable[scope] ?? VersionVector() }
        let expected = horizons.decide(scope, [sites[0].vector(scope)] + acknowledged, by: 0)
        let horizon = try sites[0].replica.advanceHorizon(of: scope, acknowledged: acknowledged, at: clock(of: 0))
        try require(horizon == expected, "\(scope): horizon \(horizon.entries), not \(expected.entries)")
    }

    /// Decisions travel in the scope `chain`, apart from what they are about.
    private mutating func hearDecisions(_ index: Int, from peer: Int) throws {
        let (mine, theirs) = (sites[index].replica, sites[peer].replica)
        for site in [sites[index], sites[peer]] { site.intend() }
        if let delta = try theirs.delta(.chain, for: mine.cut(of: .chain)) { try mine.join([delta], at: clock(of: index)) }
        for site in [sites[index], sites[peer]] { site.noteCommit() }
        // A delta that brings nothing commits nothing.
        try commit(index)
        horizons.hear(index, from: peer)
    }

    /// One site brings another all that it has of a scope. The last site is seldom reached: it is late, and carries what it
    /// hears past those who told it.
    private mutating func gossip(to index: Int) throws {
        let peer = sites.indices.randomElement(using: &random) ?? 0
        if index == sites.count - 1, chance(60) { return }
        let scope = anyScope()
        try finishFolding(at: peer)
        try finishFolding(at: index)
        guard let delta = try delta(from: peer, scope, for: sites[index].replica.cut(of: scope)) else { return }
        try join([delta], at: index)
    }

    private mutating func collect(at index: Int) throws {
        touched = Set(TestSchema.scopes)
        sites[index].intend()
        _ = try sites[index].replica.collectMarks(limit: Int.random(in: 1...5, using: &random))
        sites[index].noteCommit()
    }

    private mutating func vacuum(_ index: Int) throws {
        touched = Set(TestSchema.scopes)
        sites[index].intend()
        try sites[index].replica.vacuum()
        sites[index].noteCommit()
    }

    // MARK: Damaged rows

    /// Sets a row aside and mends it from a peer that was brought to the same cut.
    private mutating func loseRow(at index: Int) throws {
        let scope = anyScope()
        let peer = sites.indices.filter { $0 != index }.randomElement(using: &random) ?? index
        for index in [index, peer] { try finishFolding(at: index) }
        for (receiver, sender) in [(index, peer), (peer, index)] {
            try hearDecisions(receiver, from: sender)
            guard let delta = try delta(from: sender, scope, for: sites[receiver].replica.cut(of: scope)) else { continue }
            try join([delta], at: receiver)
        }
        let site = sites[index]
        guard let key = try site.replica.keys(of: scope).randomElement(using: &random) else { return }
        try site.replica.quarantine(key)
        if chance(50) { try site.reopen() }
        for _ in 0..<2 {
            try require(site.replica.quarantinedKeys == [key], "\(key) is not set aside")
            try expect(.quarantined(key: key)) { _ = try site.replica.record(key) }
            if chance(50) { try collect(at: index) }
            if chance(50) { try site.replica.compact() }
        }
        let digest = sites[peer].replica.digest(of: scope) ?? .zero
        let cells = try sites[peer].replica.mendingCells(key, for: site.replica.cut(of: scope))
        guard let cells else { throw Violation("\(key): a peer at the same cut does not mend it") }
        try require(try site.replica.mend(key, with: cells, peerDigest: digest), "\(key): mended, and digests differ")
        try require(site.replica.quarantinedKeys.isEmpty, "\(key) is still set aside")
        touched.insert(scope)
    }

    // MARK: The end

    /// Everybody hears of every decision and collects; nothing is left to collect, and all are still equal.
    private mutating func collectEverything() throws {
        for index in sites.indices {
            try hearDecisions(index, from: 0)
            // Nothing is collected while a cut may still be folded in.
            for place in (transfers[index] ?? [:]).keys.sorted() {
                try sites[index].replica.dropStaged(place.scope, from: place.member)
            }
            while try sites[index].replica.collectMarks(limit: 3) {}
            for scope in TestSchema.scopes {
                try check(index, scope)
                let horizon = horizons.horizon(of: scope, at: index, holding: sites[index].vector(scope))
                for key in try sites[index].replica.keys(of: scope) {
                    let record = try sites[index].replica.record(key)
                    try require(!record.isEmpty, "\(key): an empty record is listed")
                    let left = record.cells.filter { $0.isMark && horizon.covers($0.dot) }
                    try require(left.isEmpty, "\(key): marks are left below the horizon: \(left)")
                }
                let (first, replica) = (sites[0].replica, sites[index].replica)
                try require(first.digest(of: scope) == replica.digest(of: scope), "\(scope): digests differ after collecting")
            }
        }
    }
}
