public import CRDT
public import Replica

/// Every transaction that was acknowledged in a run, as the laboratory states it: all that oracles know.
///
/// Where a disk was set back or copied, one origin has several histories under the same numbers. The journal calls each by an
/// origin of its own; its dots and vectors (`vector(of:in:)`) are by these names, and are everybody's as long as nothing of the
/// kind has happened.
public struct Journal: Sendable {
    var origins: [Scope: [Origin: OriginHistory]] = [:]
    /// Whose history each name is that the journal has made up.
    var forks: [Origin: Origin] = [:]
    private var histories: [RecordKey: RecordHistory] = [:]
    /// The dots under which transactions were written again, by the ones under which they were made.
    private var aliases: [Scope: [Dot: [Dot]]] = [:]
    public private(set) var transactionCount = 0
    /// By machine, what its disk could neither keep nor forget: each in the place of the one before.
    private var undecided: [Int: [Written]] = [:]
    /// What each machine held when it was last looked at, and what it has written since.
    var held: [Int: [Scope: VersionVector]] = [:]
    private var backups: [Int: [Scope: VersionVector]] = [:]
    /// Under what name each machine wrote when it was last looked at.
    private var writers: [Int: Origin] = [:]
    /// What nobody has to hold any more: it was on no disk but one that was set back.
    var lost: [Scope: Set<Dot>] = [:]
    /// Stores whose rights HQ has taken over, in that order.
    private(set) var fences: [Fence] = []
    /// Transactions that somebody has made up in another member's name, and whose.
    var forgeries: [Scope: [(dot: Dot, origin: Origin)]] = [:]
    /// Records to which a member has written under numbers under which somebody has made up something else, since they were last
    /// asked for.
    var disputedKeys: Set<RecordKey> = []
    /// Incarnations whose shares of counters others state.
    private var closed: Set<Origin> = []
    /// Machines whose disks were set back, and what must be there at least when they start again.
    private var setBack: [Int: [Scope: VersionVector]] = [:]

    public init() {}

    // MARK: What people do

    /// Takes in one transaction, which is durable.
    mutating func note(_ written: Written, in replica: Replica) {
        undecided[written.node] = nil
        transactionCount += 1
        for part in written.receipt.dots {
            let cut = written.seen[part.scope] ?? Cut()
            if let point = cut[part.dot.origin], origins[part.scope]?[part.dot.origin]?.branch(of: point) == nil {
                // Whoever cannot read its chain now is looked at again with its next commit.
                try? noteOwn(point, of: part.dot.origin, in: part.scope, replica, at: written.node, written.time)
            }
            let entry = JournalEntry(
                dot: part.dot, hash: replica.cut(of: part.scope)[part.dot.origin]?.hash ?? .zero,
                stamp: written.receipt.stamp, seen: vector(at: cut, in: part.scope) ?? cut.vector, node: written.node,
                time: written.time, effects: written.effects.filter { $0.key.scope == part.scope })
            append(entry, to: part.dot.origin, in: part.scope, behind: cut[part.dot.origin])
        }
    }

    /// - Returns: the entry by the journal's names.
    @discardableResult
    mutating func append(
        _ entry: JournalEntry, to origin: Origin, in scope: Scope, behind point: ChainPoint?
    ) -> JournalEntry {
        // Taken out, so that what it holds is not copied.
        var history = origins[scope]?.removeValue(forKey: origin) ?? OriginHistory(of: origin)
        let fresh = Origin(member: origin.member, incarnation: ~UInt64(forks.count))
        // A writer who stands nowhere is told of by those who look at what is held.
        let branch = history.branchForNext(behind: point) { fresh } ?? 0
        let name = history.branches[branch].name
        if name != origin { forks[name] = origin }
        let dot = Dot(origin: name, sequence: entry.dot.sequence)
        let entry = JournalEntry(
            dot: dot, hash: entry.hash, stamp: entry.stamp, seen: entry.seen, node: entry.node, time: entry.time,
            effects: entry.effects, born: entry.born)
        history.append(entry, to: branch)
        origins[scope, default: [:]][origin] = history
        held[entry.node, default: [:]][scope, default: VersionVector()].advance(name, to: dot.sequence)
        noteDispute(entry, in: scope)
        guard entry.born == nil else { return entry }
        for (index, effect) in entry.effects.enumerated() {
            var record = histories.removeValue(forKey: effect.key) ?? RecordHistory(isRanked: ShopRules.isRanked(effect.key))
            record.note(effect, index, entry, of: origin)
            if name != origin || closed.contains(origin) || isCountedByHQ(effect, origin) { record.entangle(origin) }
            histories[effect.key] = record
        }
        return entry
    }

    /// Whether a lost store goes on counting.
    private func isCountedByHQ(_ effect: Effect, _ origin: Origin) -> Bool {
        guard case .count = effect.change else { return false }
        return fences.contains { $0.lost.contains(origin) }
    }

    /// HQ is about to close incarnations that are lost, and to take over their rights.
    mutating func noteFence(of lost: [Origin], by headquarters: Replica) {
        fences.append(Fence(of: lost, by: headquarters, after: fences))
        // Its shares of counters are stated by HQ from now on; its rights stay what they were settled as.
        for (key, var history) in histories where history.hasShares(of: lost) {
            for origin in lost { history.entangle(origin) }
            histories[key] = history
        }
    }

    /// Remembers one that was not acknowledged, and may be there after a crash. The machine's next transaction settles that it is
    /// not.
    mutating func noteUndecided(_ written: Written) {
        undecided[written.node, default: []].append(written)
    }

    /// The machine has started again: what was undecided is there or is not, and stays so.
    ///
    /// - Returns: false if one is there in part.
    mutating func settleUndecided(at node: Int, in replica: Replica) -> Bool {
        for written in undecided.removeValue(forKey: node) ?? [] {
            let parts = written.receipt.dots.filter { replica.vector(of: $0.scope).covers($0.dot) }
            guard !parts.isEmpty, written.isShown(by: replica) else { continue }
            guard parts.count == written.receipt.dots.count else { return false }
            note(written, in: replica)
            return true
        }
        return true
    }

    // MARK: What becomes of disks

    /// A machine's disk was copied.
    ///
    /// One that was set back and has not started since holds what that copy held.
    mutating func noteBackUp(of node: Int) { backups[node] = setBack[node] ?? held[node] }

    /// A machine's disk is as it was at some moment before.
    ///
    /// - Parameter isCopy: it is the last copy that was made of it; else nobody knows which moment that is.
    mutating func noteSetBack(of node: Int, toCopy isCopy: Bool) { setBack[node] = isCopy ? backups[node] ?? [:] : [:] }

    /// A machine's disk is a copy of another's now.
    mutating func noteCopy(from source: Int, to node: Int) { setBack[node] = held[source] }

    /// A machine that was set back has started again: what it held alone and lacks now is lost.
    private mutating func settleSetBack(of node: Int, _ replica: Replica) {
        let before = held[node] ?? [:]
        var lostNow: [(scope: Scope, entry: JournalEntry)] = []
        held[node] = Dictionary(
            uniqueKeysWithValues: replica.heldScopes.map { ($0, vector(of: replica, in: $0) ?? replica.vector(of: $0)) })
        for (scope, vector) in before {
            let now = held[node]?[scope] ?? VersionVector()
            for entry in missing(from: now, of: vector, in: scope) {
                let isElsewhere = held.contains { other, scopes in
                    other != node && scopes[scope].map { isHeld(entry, by: $0, in: scope) } ?? false
                }
                guard !isElsewhere else { continue }
                lost[scope, default: []].insert(entry.born ?? entry.dot)
                lostNow.append((scope, entry))
            }
        }
        for (scope, entry) in lostNow where isElsewhereInPart(entry, of: scope) {
            for key in Set(entry.effects.map(\.key)) { histories[key]?.loseCount(of: entry.born ?? entry.dot) }
        }
    }

    /// A replica holds what somebody may have kept elsewhere than on a machine's disk: what was lost and is there again must come to
    /// everybody from now on.
    mutating func noteFound(by replica: Replica) {
        for scope in lost.keys.sorted() {
            guard let now = vector(of: replica, in: scope) else { continue }
            let aliases = aliases[scope] ?? [:]
            lost[scope] = lost[scope]?.filter { dot in
                !now.covers(dot) && !(aliases[dot] ?? []).contains { now.covers($0) }
            }
        }
    }

    /// Whether another scope's part of a transaction is not lost.
    private func isElsewhereInPart(_ entry: JournalEntry, of scope: Scope) -> Bool {
        let origin = forks[entry.dot.origin] ?? entry.dot.origin
        return origins.contains { other, histories in
            guard other != scope, let history = histories[origin], entry.stamp != .none else { return false }
            return history.branches.contains { branch in
                branch.entries.contains { $0.stamp == entry.stamp && $0.node == entry.node && !isLost($0, in: other) }
            }
        }
    }

    // MARK: What the engine does for itself

    /// Looks at what is new at a machine: what the engine has written there under its own name, and what it has written again
    /// because its numbers were used twice.
    ///
    /// - Parameter scopes: nil after a start: all.
    mutating func follow(_ replica: Replica, _ scopes: [Scope]?, at node: Int, _ time: Int64) throws {
        if scopes == nil, setBack[node] != nil { settleSetBack(of: node, replica) }
        // One turn may write again what others have under these numbers, and find then that its name must end, too.
        let own = replica.identity.origin
        let earlier = writers.updateValue(own, forKey: node).flatMap { $0 == own ? nil : $0 }
        for scope in scopes ?? replica.heldScopes {
            for name in [earlier, own].compactMap(\.self) {
                guard let point = replica.cut(of: scope)[name], origins[scope]?[name]?.branch(of: point) == nil else {
                    continue
                }
                try noteOwn(point, of: name, in: scope, replica, at: node, time)
            }
            try settleForgeries(in: scope, replica)
            if let vector = vector(of: replica, in: scope) { held[node, default: [:]][scope] = vector }
        }
    }

    private mutating func noteOwn(
        _ point: ChainPoint, of own: Origin, in scope: Scope, _ replica: Replica, at node: Int, _ time: Int64
    ) throws {
        let again = rewritten(by: own, in: scope, replica, at: node)
        let ended = again.compactMap { $0.first.map { forks[$0.dot.origin] ?? $0.dot.origin } }
        noteClosed(replica.closedOrigins + ended)
        var last = standing(of: own, in: scope, at: node)
        let known = try replica.knowledge(of: own, in: scope).points
        let hashes = Dictionary(known.map { ($0.sequence, $0.hash) }) { $1 }
        guard (last?.sequence ?? 0) < point.sequence else { return }
        let fresh = (last?.sequence ?? 0) + 1...point.sequence
        guard
            let keys = try keysOfEngine(beyond: last?.sequence ?? 0, of: own, again.flatMap(\.self), in: scope, replica)
        else { return }
        let grants = try grants(fresh, of: own, in: scope, replica, seeing: seen(last, of: own, in: scope, replica))
        let granted = Set(grants.values.flatMap { $0.effects.map(\.key) })
        for key in keys where !granted.contains(key) { histories[key]?.entangle() }
        var old: [UInt64: JournalEntry] = [:]
        for chain in again {
            guard let first = firstSequence(of: chain, among: fresh, own, in: scope, replica) else { continue }
            for (place, entry) in chain.enumerated() { old[first + UInt64(place)] = entry }
        }
        for sequence in fresh {
            let old = old[sequence]
            let entry = append(
                JournalEntry(
                    dot: Dot(origin: own, sequence: sequence), hash: hashes[sequence] ?? .zero,
                    stamp: old?.stamp ?? grants[sequence]?.stamp ?? .none,
                    seen: old?.seen ?? grants[sequence]?.seen ?? VersionVector(), node: node, time: time,
                    effects: old?.effects ?? grants[sequence]?.effects ?? [], born: old.map { $0.born ?? $0.dot }),
                to: own, in: scope, behind: last)
            last = ChainPoint(sequence: sequence, hash: entry.hash)
            guard let born = entry.born else { continue }
            aliases[scope, default: [:]][born, default: []].append(entry.dot)
            for key in Set(entry.effects.map(\.key)) { histories[key]?.alias(born, as: entry.dot) }
        }
    }

    /// What whoever decides on rights must have decided by now, by the transaction in which each record was looked at: as much as
    /// was asked for and was there, one request after the other.
    private func grants(
        _ fresh: ClosedRange<UInt64>, of own: Origin, in scope: Scope, _ replica: Replica, seeing seen: VersionVector
    ) throws -> [UInt64: Decision] {
        var grants: [UInt64: Decision] = [:]
        for (key, history) in histories where key.scope == scope && ShopRules.hasRights(key) {
            // What a bad disk has damaged nobody decides on.
            let cells = (try? replica.record(key))?.cells(ofField: QuotaSchema.rights) ?? []
            for cell in cells where cell.dot.origin == own && fresh.contains(cell.dot.sequence) {
                guard case .index(let bits) = cell.slot.element, Origin(rawValue: bits).member != own.member else { continue }
                let settled = Effect(key, QuotaSchema.rights, .rights(.settle(Origin(rawValue: bits))))
                let others = grants[cell.dot.sequence]?.effects ?? []
                grants[cell.dot.sequence] = Decision(effects: others + [settled], seen: seen, stamp: cell.stamp)
            }
            guard let cell = cells.first(where: { $0.dot.origin == own && $0.slot.element == .none && !$0.isMark }),
                fresh.contains(cell.dot.sequence)
            else { continue }
            let decided = history.decisions(of: own, at: seen) { replica.isClosed($0) }
            guard !decided.isEmpty else { continue }
            grants[cell.dot.sequence] = Decision(
                effects: decided.map { Effect(key, QuotaSchema.rights, .rights($0)) }, seen: seen, stamp: cell.stamp)
        }
        return grants
    }

    /// What came of requests in one record.
    private struct Decision {
        let effects: [Effect]
        let seen: VersionVector
        let stamp: HLC
    }

    /// What a machine sees of a scope, with its own as far as it was known when it was last looked at.
    private func seen(_ last: ChainPoint?, of own: Origin, in scope: Scope, _ replica: Replica) -> VersionVector {
        let cut = replica.cut(of: scope)
        let points = cut.points.compactMap { origin, point in
            origin == own ? last.map { (origin, $0) } : (origin, point)
        }
        return vector(at: points, in: scope) ?? cut.vector
    }

    /// How far a machine had come under its own name when it was last looked at.
    private func standing(of own: Origin, in scope: Scope, at node: Int) -> ChainPoint? {
        let mine = held[node]?[scope]?.entries.filter { ($0.origin == own || forks[$0.origin] == own) }
        guard let last = mine?.max(by: { $0.sequence < $1.sequence }) else { return nil }
        let entry = entries(of: last.origin, in: scope, beyond: last.sequence - 1, upTo: last.sequence).first
        return ChainPoint(sequence: last.sequence, hash: entry?.hash ?? .zero)
    }

    /// What a machine held of its own member's or another's under other names, and holds so no longer: by origin, each ascending by
    /// sequence.
    private func rewritten(
        by own: Origin, in scope: Scope, _ replica: Replica, at node: Int
    ) -> [[JournalEntry]] {
        guard let before = held[node]?[scope] else { return [] }
        // Where its own name has several histories, what it has just written belongs to none of them yet.
        let now = vector(of: replica, in: scope) ?? seen(standing(of: own, in: scope, at: node), of: own, in: scope, replica)
        return Dictionary(grouping: missing(from: now, of: before, in: scope)) { forks[$0.dot.origin] ?? $0.dot.origin }.sorted
        { $0.key < $1.key }
        .map { $0.value.sorted { $0.dot.sequence < $1.dot.sequence } }
    }

    /// Shares of incarnations that are closed are stated by their successors: for some time as they were, at last as the facts say.
    private mutating func noteClosed(_ origins: [Origin]) {
        let fresh = Set(origins).subtracting(closed)
        guard !fresh.isEmpty else { return }
        closed.formUnion(fresh)
        let names = fresh.union(forks.filter { fresh.contains($0.value) }.keys)
        for (key, var history) in histories where history.counts(of: names) {
            for origin in fresh { history.entangle(origin) }
            histories[key] = history
        }
    }

    // MARK: For oracles

    /// What a replica holds of a scope, by the journal's names.
    ///
    /// - Returns: nil if it claims to hold a history that nobody has written.
    public func vector(of replica: Replica, in scope: Scope) -> VersionVector? {
        forks.isEmpty ? replica.vector(of: scope) : vector(at: replica.cut(of: scope), in: scope)
    }

    func vector(at cut: Cut, in scope: Scope) -> VersionVector? {
        forks.isEmpty ? cut.vector : vector(at: cut.points, in: scope)
    }

    private func vector(at points: [(origin: Origin, point: ChainPoint)], in scope: Scope) -> VersionVector? {
        var entries: [VersionVector.Entry] = []
        for (origin, point) in points {
            guard let history = origins[scope]?[origin], history.isForked else {
                entries.append(VersionVector.Entry(origin: origin, sequence: point.sequence))
                continue
            }
            guard let own = history.entries(of: point) else { return nil }
            entries += own
        }
        return VersionVector(entries)
    }

    /// Ascending.
    public var scopes: [Scope] { origins.keys.sorted() }

    /// By the journal's names, ascending.
    public func origins(in scope: Scope) -> [Origin] {
        (origins[scope] ?? [:]).values.flatMap { $0.branches.map(\.name) }.sorted()
    }

    /// What one origin wrote in a scope, ascending.
    public func entries(of name: Origin, in scope: Scope) -> [JournalEntry] { branch(name, scope)?.entries ?? [] }

    /// What one origin wrote beyond a sequence up to, and with, another.
    public func entries(of name: Origin, in scope: Scope, beyond low: UInt64, upTo high: UInt64) -> ArraySlice<JournalEntry> {
        branch(name, scope)?.entries(beyond: low, upTo: high) ?? []
    }

    private func branch(_ name: Origin, _ scope: Scope) -> OriginHistory.Branch? {
        guard let origin = forks[name] else { return origins[scope]?[name]?.branches[0] }
        return origins[scope]?[origin]?.branches.first { $0.name == name }
    }

    /// Whether whoever holds what a vector says holds a transaction: under whatever dot.
    public func isHeld(_ entry: JournalEntry, by vector: VersionVector, in scope: Scope) -> Bool {
        let born = entry.born ?? entry.dot
        return vector.covers(entry.dot) || vector.covers(born)
            || aliases[scope]?[born]?.contains { vector.covers($0) } ?? false
    }

    /// What one vector covers and whoever holds the other does not hold under whatever dot: by origin, ascending by sequence.
    public func missing(from now: VersionVector, of before: VersionVector, in scope: Scope) -> [JournalEntry] {
        before.entries.flatMap { entry in
            let (low, high) = (now.sequence(of: entry.origin), entry.sequence)
            return low >= high
                ? []
                : entries(of: entry.origin, in: scope, beyond: low, upTo: high)
                    .filter { !isHeld($0, by: now, in: scope) }
        }
    }

    /// The other machines that hold all that one holds of a record, unless a bad disk has damaged it there.
    func others(holding key: RecordKey, asHeldBy node: Int) -> [Int] {
        guard let history = histories[key] else { return [] }
        let dots = history.dots(under: held[node]?[key.scope] ?? VersionVector())
        return held.compactMap { other, scopes in
            other != node && dots.allSatisfy { scopes[key.scope]?.covers($0) ?? false } ? other : nil
        }
    }

    /// Whether a transaction was on no disk but one that was set back: nobody can hold it any more.
    public func isLost(_ entry: JournalEntry, in scope: Scope) -> Bool {
        lost[scope]?.contains(entry.born ?? entry.dot) ?? false
    }

    /// What must be there when a machine starts whose disk was set back; nil if it was not since it was last looked at.
    public func floor(of node: Int) -> [Scope: VersionVector]? { setBack[node] }

    /// The machine has been looked at.
    mutating func settleFloor(of node: Int) { setBack[node] = nil }

    /// All that anybody has written in a scope.
    func everything(in scope: Scope) -> VersionVector {
        VersionVector(
            origins(in: scope).compactMap { origin in
                entries(of: origin, in: scope).last.map { .init(origin: origin, sequence: $0.dot.sequence) }
            })
    }

    public func history(of key: RecordKey) -> RecordHistory? { histories[key] }

    /// The records in which somebody may have to choose: by scope, ascending.
    var keysWithChoices: [Scope: [RecordKey]] {
        Dictionary(grouping: histories.filter { $0.value.mayOfferChoices }.keys.sorted(), by: \.scope)
    }

    /// The keys of a scope, ascending.
    public func keys(of scope: Scope) -> [RecordKey] { histories.keys.filter { $0.scope == scope }.sorted() }
}
