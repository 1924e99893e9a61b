import CRDT
import Replica
import Simulation

/// How deltas travel in a schedule: at once, late, twice, through others, or as large cuts in pieces.
extension Schedule {
    /// Makes a delta for a cut, and holds it against what the peer lacks: neither more nor less.
    mutating func delta(from index: Int, _ scope: Scope, for base: Cut) throws -> Delta? {
        let site = sites[index]
        // What leaves must not be taken back, so whoever asks makes everything durable.
        site.intend()
        guard !isFolding(scope, at: index) else {
            try expect(.folding(scope: scope)) { _ = try site.replica.delta(scope, for: base) }
            site.noteCommit()
            return nil
        }
        let delta = try site.replica.delta(scope, for: base)
        site.noteCommit()
        let vector = site.vector(scope)
        guard let delta else {
            try require(base.vector.covers(vector), "\(scope): nothing for a peer at \(base.vector.entries)")
            return nil
        }
        try require(delta.header.cut.vector == vector, "\(scope): a delta to another cut than the sender's")
        let horizon = horizons.horizon(of: scope, at: index, holding: vector)
        try require(delta.header.horizon == horizon, "\(scope): horizon \(delta.header.horizon), not \(horizon)")
        let isWhole = !base.vector.covers(horizon)
        try require(delta.header.reach == (isWhole ? .wholeState : .namedSlots), "\(scope): \(delta.header.reach)")
        let known = isWhole ? VersionVector() : base.vector
        let told = Set(
            try delta.records.flatMap { record in try record.cells().filter { $0.value != nil }.map { Told(record.key, $0) } })
        let missing = Set(
            (oracle.keys[scope] ?? []).flatMap { key in
                oracle.cells(key, at: vector).filter { !known.covers($0.dot) }.map { Told(key, $0) }
            })
        try require(told == missing, "\(scope): told \(told), lacked \(missing)")
        return delta
    }

    private struct Told: Hashable {
        let key: RecordKey
        let slot: SlotKey
        let dot: Dot

        init(_ key: RecordKey, _ cell: Cell) {
            (self.key, slot, dot) = (key, cell.slot, cell.dot)
        }
    }

    /// Leaves a delta in the mail for whoever it may fit, made for a cut of now or of earlier, of anybody.
    mutating func post(from index: Int) throws {
        let scope = anyScope()
        let reader = sites.indices.randomElement(using: &random) ?? 0
        let earlier = memories[reader]?[scope]?.randomElement(using: &random)
        let base = chance(50) ? earlier ?? Cut() : sites[reader].replica.cut(of: scope)
        if chance(15) { return try exchangeSnapshot(from: index, scope) }
        guard let delta = try delta(from: index, scope, for: base) else { return }
        mail.append(delta)
        if mail.count > 12 { mail.remove(at: Int.random(in: 0..<12, using: &random)) }
    }

    /// A whole state, touch marks included, which may follow or precede any other delta.
    private mutating func exchangeSnapshot(from index: Int, _ scope: Scope) throws {
        guard var delta = try delta(from: index, scope, for: Cut()) else { return }
        delta.header.reach = .wholeState
        mail.append(delta)
    }

    /// Joins some of the mail at once, fitting or not.
    mutating func deliver(to index: Int) throws {
        var deltas: [Delta] = []
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            if let delta = mail.randomElement(using: &random) { deltas.append(delta) }
        }
        try join(deltas, at: index)
    }

    mutating func sync(to index: Int) throws {
        let scopes = TestSchema.scopes.shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random))
        let peer = sites.indices.randomElement(using: &random) ?? 0
        var deltas: [Delta] = []
        for scope in scopes {
            guard let delta = try delta(from: peer, scope, for: sites[index].replica.cut(of: scope)) else { continue }
            deltas.append(delta)
        }
        try join(deltas, at: index, from: chance(80) ? sites[peer].identity.member : nil)
    }

    /// Joins deltas, and expects what their vectors and this site's say must come of it.
    mutating func join(_ deltas: [Delta], at index: Int, from member: UInt32? = nil) throws {
        let site = sites[index]
        var (vectors, heard, marks) = (site.vectors, horizons, relayed[index] ?? RelayModel())
        var refusal: ReplicaError?
        touched.formUnion(deltas.map(\.header.scope))
        for delta in deltas where refusal == nil {
            let (scope, header) = (delta.header.scope, delta.header)
            let mine = vectors[scope] ?? VersionVector()
            refusal = Self.refusal(of: header, at: mine)
            if refusal == nil, !mine.covers(header.cut.vector) {
                if isFolding(scope, at: index) { refusal = .folding(scope: scope) }
                marks.note(header, at: mine, from: member)
                vectors[scope] = mine.joined(with: header.cut.vector)
                heard.hear(index, of: scope, header.horizon)
            }
        }
        site.intend()
        if let refusal {
            try expect(refusal) { try site.replica.join(deltas, at: clock(of: index)) }
            site.noteCommit()
        } else {
            site.intend(vectors)
            try site.replica.join(deltas, at: clock(of: index), from: member)
            (site.vectors, horizons, relayed[index]) = (vectors, heard, marks)
            site.noteCommit()
        }
    }

    /// Why a replica at a vector cannot take a delta: it does not hold what the delta builds on, or what the sender collected.
    static func refusal(of header: DeltaHeader, at mine: VersionVector) -> ReplicaError? {
        func gap(_ vector: VersionVector) -> VersionVector.Entry? {
            vector.entries.first { $0.sequence > mine.sequence(of: $0.origin) }
        }
        if let gap = gap(header.base.vector) {
            return .baseUnknown(
                scope: header.scope, origin: gap.origin, needs: gap.sequence, have: mine.sequence(of: gap.origin))
        }
        guard header.reach == .namedSlots, !mine.isEmpty, let gap = gap(header.horizon) else { return nil }
        return .belowHorizon(
            scope: header.scope, origin: gap.origin, horizon: gap.sequence, have: mine.sequence(of: gap.origin))
    }

    func expect(_ refusal: ReplicaError, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as ReplicaError {
            return try require(error == refusal, "refused with \(error), not \(refusal)")
        }
        throw Violation("\(refusal) was expected")
    }

    // MARK: Large cuts

    /// One move of a large cut: begin, the next piece, resume, publish, or one chunk's fold.
    mutating func moveTransfer(to index: Int) throws {
        guard let place = transfers[index]?.keys.sorted().randomElement(using: &random), !chance(20) else {
            return try beginTransfer(to: index, anyScope())
        }
        try moveTransfer(at: place, to: index)
    }

    mutating func moveTransfer(at place: Transfer.Place, to index: Int) throws {
        guard let transfer = transfers[index]?[place] else { return }
        let scope = place.scope
        touched.insert(scope)
        let replica = sites[index].replica
        sites[index].intend()
        if transfer.isPublished {
            try foldOnce(at: index)
        } else if isFolding(scope, at: index) {
            let (pieces, staged) = (transfer.pieces, transfer.staged)
            try expect(.folding(scope: scope)) {
                guard staged < pieces.count else { return try replica.publish(scope, from: place.member) }
                try replica.stage(pieces[staged], in: scope, from: place.member)
            }
        } else if let refusal = Self.refusal(of: transfer.header, at: sites[index].vector(scope)) {
            try expect(refusal) { try replica.publish(scope, from: place.member) }
            try replica.dropStaged(scope, from: place.member)
            transfers[index]?[place] = nil
        } else if chance(15) {
            let last = try replica.stage(transfer.header, from: transfer.member)
            let expected = transfer.pieces[..<transfer.staged].last(where: { !$0.isEmpty })?.last?.key
            try require(last == expected, "resumes behind \(String(describing: last)), not \(String(describing: expected))")
        } else if transfer.staged < transfer.pieces.count {
            try replica.stage(transfer.pieces[transfer.staged], in: scope, from: place.member)
            transfers[index]?[place]?.staged += 1
        } else {
            var vectors = sites[index].vectors
            vectors[scope, default: VersionVector()].join(transfer.header.cut.vector)
            sites[index].intend(vectors)
            let mine = sites[index].vector(scope)
            let isNews = !mine.covers(transfer.header.cut.vector)
            try replica.publish(scope, from: place.member)
            sites[index].vectors = vectors
            if isNews {
                relayed[index, default: RelayModel()].note(transfer.header, at: mine, from: transfer.member)
                transfers[index]?[place]?.isPublished = true
                horizons.hear(index, of: scope, transfer.header.horizon)
                forgetHeld(at: index)
            } else {
                transfers[index]?[place] = nil
            }
        }
        sites[index].noteCommit()
    }

    private mutating func beginTransfer(to index: Int, _ scope: Scope) throws {
        let peer = sites.indices.randomElement(using: &random) ?? 0
        let (site, sender) = (sites[index], sites[peer].replica)
        guard !isFolding(scope, at: peer), !isFolding(scope, at: index) else { return }
        let earlier = memories[index]?[scope]?.randomElement(using: &random)
        let base = chance(30) ? earlier ?? Cut() : site.replica.cut(of: scope)
        sites[peer].intend()
        try sender.commit()
        sites[peer].noteCommit()
        // A sender goes on writing while a reader of one moment extracts.
        let reader = chance(50) ? try sites[peer].snapshot() : sender
        guard let extraction = try reader.extraction(scope, for: base) else { return }
        var pieces: [[DeltaRecord]] = []
        var position = 0
        while position < extraction.keys.count {
            let budget = Int.random(in: 1...150, using: &random)
            let (records, next) = try reader.records(of: extraction, from: position, byteBudget: budget)
            pieces.append(records)
            position = next
            if reader !== sender, chance(40) { try writeBatch(at: peer) }
        }
        var header = extraction.header
        if header.base == Cut(), chance(60) { header.reach = .wholeState }
        let place = Transfer.Place(scope: scope, member: chance(60) ? sites[peer].identity.member : nil)
        if let present = transfers[index]?[place], present.header == header { return }
        site.intend()
        if let refusal = Self.refusal(of: header, at: site.vector(scope)) {
            try expect(refusal) { _ = try site.replica.stage(header) }
            return site.noteCommit()
        }
        let transfer = Transfer(header: header, pieces: pieces, member: place.member)
        beginning[index] = transfer
        try require(
            try site.replica.stage(header, from: transfer.member) == nil, "a new cut resumes an old one")
        forgetHeld(at: index)
        transfers[index, default: [:]][place] = transfer
        site.noteCommit()
    }

    mutating func foldOnce(at index: Int) throws {
        let replica = sites[index].replica
        touched.formUnion(transfers[index]?.keys.map(\.scope) ?? [])
        sites[index].intend()
        let budget = chance(60) ? Int.random(in: 1...1000, using: &random) : Replica.foldByteBudget
        let isLeft = try replica.fold(at: clock(of: index), byteBudget: budget)
        sites[index].noteCommit()
        let folding = replica.foldingScopes
        try require(isLeft == !folding.isEmpty, "a fold says \(isLeft), and \(folding) are left")
        transfers[index] = transfers[index]?.filter { !$0.value.isPublished || folding.contains($0.key.scope) }
    }

    mutating func finishFolding(at index: Int) throws {
        var rounds = 0
        while transfers[index]?.values.contains(where: \.isPublished) == true {
            try foldOnce(at: index)
            rounds += 1
            try require(rounds < 1000, "a fold does not end")
        }
    }

    // MARK: Checks

    mutating func check(_ index: Int, _ scope: Scope) throws {
        let site = sites[index]
        let vector = site.vector(scope)
        do {
            try oracle.check(site.replica, scope, at: vector)
        } catch let violation as Violation {
            throw Violation("site \(index): \(violation)")
        }
        try checkMarks(of: index, scope)
        let digest = try isFolding(scope, at: index) ? nil : site.replica.recomputedDigest(of: scope, key: Site.digestKey)
        try require(site.replica.digest(of: scope) == digest, "site \(index): the digest of \(scope) drifted")
        let summary = digest.map { SHA256.summary(of: scope, site.replica.cut(of: scope), $0) }
        try require(site.replica.summary(of: scope) == summary, "site \(index): the summary of \(scope) is stale")
        if site.unacknowledged.allSatisfy(\.value.isEmpty), chance(30) {
            try projections[index, default: [:]][scope, default: Projection()].follow(site.replica, scope)
        }
        guard let memory = memories[index]?[scope]?.last else { return }
        try checkFeed(of: site.replica, scope, from: memory.vector, to: vector)
    }

    private func checkFeed(of replica: Replica, _ scope: Scope, from old: VersionVector, to new: VersionVector) throws {
        guard case .changes(let keys) = try replica.feed(of: scope, beyond: old) else { return }
        let told = Set(keys)
        let touched = oracle.touched(scope, beyond: old, upTo: new)
        let changed = touched.filter { oracle.cells($0, at: old) != oracle.cells($0, at: new) }
        try require(told.isSuperset(of: changed), "\(scope): the feed leaves out \(changed.subtracting(told))")
        let written = Set(oracle.keys[scope] ?? [])
        try require(told.isSubset(of: written), "\(scope): the feed tells of \(told.subtracting(written))")
    }

    /// Everybody hears from everybody; then all are equal.
    mutating func converge() throws {
        for index in sites.indices {
            try finishFolding(at: index)
            try commit(index)
        }
        for round in 0..<2 {
            for index in sites.indices where round == 0 || index > 0 {
                let (receiver, sender) = round == 0 ? (0, index) : (index, 0)
                for scope in TestSchema.scopes {
                    let base = sites[receiver].replica.cut(of: scope)
                    if let delta = try delta(from: sender, scope, for: base) { try join([delta], at: receiver) }
                }
            }
        }
        for index in sites.indices {
            for scope in TestSchema.scopes {
                try check(index, scope)
                let (first, replica) = (sites[0].replica, sites[index].replica)
                try require(first.cut(of: scope) == replica.cut(of: scope), "\(scope): cuts differ at the end")
                try require(first.digest(of: scope) == replica.digest(of: scope), "\(scope): digests differ at the end")
            }
        }
    }
}
