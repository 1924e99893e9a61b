internal import CRDT

/// What this replica's own transactions do to its heads and its index is written by one row a commit, because every page that
/// a sale changes costs it time; between sales it is moved to its place.
///
///     row     for each scope: varint: the scope; counted: its `Head`; varint: number of blocks;
///             each: varint: the last sequence; counted: the `ChangeBlock`
extension Replica {
    /// After so many commits their rows are moved, even if nobody has time: opening reads them all.
    private static let recentLimit = 4096

    /// The state of a scope, to be changed.
    func changing(_ scope: Scope) -> ScopeState {
        let state: ScopeState
        if let known = scopes[scope] {
            state = known
        } else {
            state = ScopeState()
            scopes[scope] = state
        }
        if !state.isChanging {
            state.isChanging = true
            changedScopes.append(scope)
        }
        return state
    }

    /// Writes what changed of heads and index since the last commit.
    func saveChanges() throws {
        let own = identity.origin
        var row = ByteWriter(reservingCapacity: 512)
        if changedScopes.count > 1 { changedScopes.sort() }
        for scope in changedScopes {
            guard let state = scopes[scope] else { continue }
            if !state.dirty.isEmpty { committedScopes.insert(scope) }
            if state.dirty.contains(own) {
                write(state, of: scope, into: &row)
                state.hasRecentHead = true
            }
            let isOwnAlone = state.dirty.count == 1 || Mutants.isOn("others-heads-not-saved-beside-own")
            if !isOwnAlone || !state.dirty.contains(own) {
                for origin in state.dirty.sorted() where origin != own { try saveHead(of: origin, state, in: scope) }
            }
            state.noteSaved()
        }
        changedScopes.removeAll(keepingCapacity: true)
        guard row.count > 0 else { return }
        try tables.appendRecent(row.bytes)
        recentCount += 1
        if recentCount >= Self.recentLimit { try moveRecent() }
    }

    /// Moves what recent commits did into heads and index. To be called between transactions.
    func settleRecent() throws {
        try commit()
        guard recentCount > 0 else { return }
        try inTransaction(leavesRecords: true) { try moveRecent() }
    }

    func loadRecent() throws {
        recentCount = 0
        try tables.scanRecent { value in
            recentCount += 1
            var reader = ByteReader(value)
            while !reader.isAtEnd {
                let scope = try reader.readScope()
                let state = changing(scope)
                state.load(try Head(value: try reader.readCounted(limit: reader.remaining)), of: identity.origin)
                for _ in 0..<(try reader.readCount(limit: reader.remaining)) {
                    let last = try reader.readVarint()
                    let block = try reader.readCounted(limit: reader.remaining)
                    state.addRecent(try ChangeBlock(scope, last: last, value: block))
                }
                state.noteSaved()
                state.hasRecentHead = true
            }
        }
        changedScopes = []
    }

    private func write(_ state: ScopeState, of scope: Scope, into row: inout ByteWriter) {
        row.write(varint: UInt64(scope.rawValue))
        _ = row.writeCounted { state.head(of: identity.origin).encode(into: &$0) }
        row.write(varint: UInt64(state.unsavedCount))
        for block in state.recent.suffix(state.unsavedCount) {
            row.write(varint: block.last)
            _ = row.writeCounted { block.encode(into: &$0) }
        }
    }

    private func moveRecent() throws {
        // What reaches the file reaches it in the same order every time, so that a crash can be played again.
        for (scope, state) in scopes.sorted(by: { $0.key < $1.key }) where state.hasRecentHead {
            if let first = state.recent.first?.first, let last = state.recent.last?.last {
                // A record is named where it was last written to: whoever lacks an earlier transaction lacks that one, too.
                var named: Set<RecordKey> = []
                var entries: [ChangeBlock.Entry] = []
                for block in state.recent.reversed() {
                    for key in block.keys.reversed() where named.insert(key).inserted {
                        entries.append(ChangeBlock.Entry(sequence: block.last, key: key))
                    }
                }
                entries.reverse()
                for block in ChangeBlock.blocks(entries, state.recent.flatMap(\.hashes), covering: first...last) {
                    try save(block, of: identity.origin, in: scope)
                }
            }
            if !Mutants.isOn("moved-log-loses-the-head") { try saveHead(of: identity.origin, state, in: scope) }
            state.settleRecent()
        }
        try tables.clearRecent()
        recentCount = 0
    }

    private func saveHead(of origin: Origin, _ state: ScopeState, in scope: Scope) throws {
        let key = Head.key(scope, codec.origins.number(of: origin))
        try saveOrigins()
        if state.head(of: origin) != .none {
            try tables.put(.head, key, state.head(of: origin).value)
        } else {
            try tables.delete(.head, key)
        }
    }
}
