internal import CRDT
internal import Replica

/// What somebody makes up in the name of another member, beside what that one really writes.
extension Journal {
    /// Takes in one that somebody has made up: it may be held, and nobody has to.
    mutating func noteForged(_ forgery: Forgery, at time: Int64) {
        let (scope, machine) = (forgery.scope, held[forgery.node])
        let seen = vector(at: forgery.seen, in: scope) ?? forgery.seen.vector
        var last = forgery.base
        for entry in forgery.entries(seeing: seen, at: time) {
            let entry = append(entry, to: forgery.origin, in: scope, behind: last)
            last = ChainPoint(sequence: entry.dot.sequence, hash: entry.hash)
            lost[scope, default: []].insert(entry.dot)
            forgeries[scope, default: []].append((entry.dot, forgery.origin))
        }
        for entry in origins[scope]?[forgery.origin]?.branches.flatMap(\.entries) ?? [] { noteDispute(entry, in: scope) }
        // It is nowhere but on the line.
        held[forgery.node] = machine
    }

    mutating func noteDispute(_ entry: JournalEntry, in scope: Scope) {
        if isDisputed(entry, in: scope) { disputedKeys.formUnion(entry.effects.map(\.key)) }
    }

    /// The records about which nobody can tell what is to be seen of them before their writers have written it again: who has
    /// heard of both histories may show both together. Each is told once.
    mutating func takeDisputedKeys() -> Set<RecordKey> {
        defer { disputedKeys = [] }
        return disputedKeys
    }

    /// Whose name was taken has taken over what was made up: behind what it wrote itself, of whose numbers the forger has spoken and
    /// told nothing.
    mutating func settleForgeries(in scope: Scope, _ replica: Replica) throws {
        let forged = (forgeries[scope] ?? []).filter { $0.origin.member == replica.identity.member }
        for (dot, origin) in forged {
            guard let point = replica.cut(of: scope)[origin], let branch = origins[scope]?[origin]?.branch(of: point),
                origins[scope]?[origin]?.branches[branch].name == dot.origin
            else { continue }
            origins[scope]?[origin]?.rebase(branch, onto: try replica.knowledge(of: origin, in: scope).points)
        }
    }

    /// Transactions that somebody has made up, by the journal's names and in whose name: in the order in which they were told.
    func forgeries(in scope: Scope) -> [(dot: Dot, origin: Origin)] { forgeries[scope] ?? [] }

    /// Whether somebody has made up something else under a transaction's number, or under one before it: whoever hears of both
    /// before the writer has written its own again cannot know that they are two histories.
    func isDisputed(_ entry: JournalEntry, in scope: Scope) -> Bool {
        guard let forgeries = forgeries[scope] else { return false }
        let origin = forks[entry.dot.origin] ?? entry.dot.origin
        return forgeries.contains {
            $0.origin == origin && $0.dot.origin != entry.dot.origin && $0.dot.sequence <= entry.dot.sequence
        }
    }

    /// Whether the member in whose name something was made up has really written under that number, too.
    func isBesideReal(_ forged: Dot, of origin: Origin, in scope: Scope) -> Bool {
        (origins[scope]?[origin]?.branches ?? []).contains { branch in
            let entry = branch.entries(beyond: forged.sequence - 1, upTo: forged.sequence).first
            return entry.map { one in !(forgeries[scope] ?? []).contains { $0.dot == one.dot } } ?? false
        }
    }
}
