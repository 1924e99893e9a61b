public import CRDT

/// What a local transaction was, once it is applied: its dot in each scope that it wrote to, ascending by scope.
public struct Receipt: Hashable, Sendable {
    public let dots: [ScopedDot]
    public let stamp: HLC

    public struct ScopedDot: Hashable, Sendable {
        public let scope: Scope
        public let dot: Dot
    }
}

/// What a replica's open transaction of the database has in it.
enum Uncommitted: Comparable {
    case nothing
    /// Signatures and the like, which whoever loses them is told again.
    case words
    /// What was applied or joined.
    case work
}

extension Replica {
    /// Applies one transaction: all of it or, if the body throws, nothing.
    ///
    /// It is visible at once to whoever reads through this replica, and durable only when `commit` has returned: nobody may be
    /// told before. Transactions that wait together are applied one by one and committed together.
    ///
    /// - Parameter milliseconds: the wall clock, in milliseconds since 1970.
    @discardableResult
    public func apply<Result>(
        at milliseconds: Int64, _ body: (Transaction) throws -> Result
    ) throws -> (result: Result, receipt: Receipt) {
        try refresh()
        guard !isUndone else { throw StorageError.undone(path: path) }
        let mayWrite = !isClosed && !isCopy || Mutants.isOn("closed-incarnation-goes-on")
        guard mayWrite else { throw ReplicaError.incarnationClosed(identity.origin) }
        let earlier = uncommitted
        // What the body reads within a transaction of the database takes no lock of its own.
        try begin()
        do {
            let transaction = Transaction(self, stamp: clock.next(at: milliseconds))
            let result = try body(transaction)
            if let error = transaction.broken { throw error }
            return (result, try store(transaction, after: earlier))
        } catch {
            try leave(keeping: earlier)
            throw error
        }
    }

    /// Applies one transaction and makes it durable.
    @discardableResult
    public func perform<Result>(at milliseconds: Int64, _ body: (Transaction) throws -> Result) throws -> Result {
        let (result, _) = try apply(at: milliseconds, body)
        try commit()
        return result
    }

    /// Makes everything that was applied durable; the replica is as before the first `apply` if that fails, or if the disk
    /// failed meanwhile. What failed does not come back, unless the disk refuses that, too (`StorageError.undecided`).
    public func commit() throws {
        try refresh()
        guard uncommitted != .nothing || isUndone else { return }
        do {
            guard connection.isInTransaction, !isUndone else { throw StorageError.undone(path: path) }
            try saveChanges()
            try connection.commit(restating: Self.fileVersion)
            uncommitted = .nothing
        } catch {
            try rollBack(after: error)
        }
    }

    /// Returns to what is durable, if a failing disk has taken back what was not: whoever wanted it has heard.
    public func recover() {
        if isUndone || uncommitted != .nothing && !connection.isInTransaction { try? commit() }
    }

    /// Makes durable what somebody waits for; the words of others may wait for the next commit.
    func commitWork() throws {
        if uncommitted == .work || isUndone { try commit() }
    }

    /// Moves what recent transactions did to its place, and the write-ahead log into the file. To be called between
    /// transactions, by the owner.
    ///
    /// - Returns: false if readers hold parts of the log back.
    @discardableResult
    public func checkpoint() throws -> Bool {
        try commit()
        // A full disk may have no room for the first: it gets some by the second.
        let settled = Result { try settleRecent() }
        let isWhole = try moveLog()
        try settled.get()
        return isWhole
    }

    private func moveLog() throws -> Bool {
        let statement = try connection.prepare("PRAGMA wal_checkpoint(PASSIVE)")
        guard try statement.step() else { return false }
        defer { statement.reset() }
        return statement.integer(0) == 0 && statement.integer(1) == statement.integer(2)
    }

    /// How long the write-ahead log is, in pages, as of the last commit: when to call `checkpoint`. After a checkpoint that
    /// moved everything, the next commit begins the log anew.
    public var logFrames: Int { connection.logFrames }

    func nextDot(in scope: Scope) -> Dot {
        Dot(origin: identity.origin, sequence: (scopes[scope]?.head(of: identity.origin).point.sequence ?? 0) + 1)
    }

    func begin() throws {
        // SQLite gives up a whole transaction when a disk fails it, be it in a read.
        if uncommitted == .words, !connection.isInTransaction { rollBack() }
        try refresh()
        guard uncommitted == .nothing || connection.isInTransaction else { throw StorageError.undone(path: path) }
        if uncommitted == .nothing { try connection.prepare("BEGIN IMMEDIATE").run() }
        uncommitted = .work
    }

    /// Runs a body that writes no record, as part of what the next commit makes durable; nothing stays if it throws.
    func inOpenTransaction(_ body: () throws -> Void) throws {
        guard !isUndone else { throw StorageError.undone(path: path) }
        let earlier = uncommitted
        do {
            try begin()
            try body()
            uncommitted = max(earlier, .words)
        } catch {
            rollBack()
            isUndone = earlier == .work
            throw error
        }
    }

    /// Ends a transaction of the database in which nothing was written but what was there before.
    private func leave(keeping earlier: Uncommitted) throws {
        guard uncommitted != .nothing else { return }
        uncommitted = earlier
        guard earlier == .nothing, connection.isInTransaction else { return }
        do {
            try connection.execute("ROLLBACK")
        } catch {
            try rollBack(after: error)
        }
    }

    /// Returns to what is durable, now or, if the disk cannot be asked now, before whatever is asked next.
    func rollBack() {
        (uncommitted, isUndone, isStale) = (.nothing, false, true)
        if Mutants.isOn("refused-write-stays-in-memory") { isStale = connection.isInTransaction }
        try? refresh()
    }

    /// Returns to what is durable after something was refused: the refusal stands only if the disk can say what is left.
    func rollBack(after error: any Error) throws -> Never {
        rollBack()
        if !(error is StorageError) { try refresh() }
        throw error
    }

    /// Reads again what is held, if a failing disk could not be asked for it after it had refused something: until then vectors,
    /// cuts and digests say what is not durable, or too little, and must be told to nobody.
    ///
    /// - Throws: `StorageError` while the disk cannot be asked.
    public func refresh() throws {
        guard isStale else { return }
        if connection.isInTransaction { try connection.execute("ROLLBACK") }
        try loadState()
    }

    /// A record that a transaction wrote, ready to be stored.
    private struct Written {
        let work: Transaction.Work
        let row: Row
    }

    /// - Parameter earlier: others may have been applied since the last commit, which are undone if this one's rows cannot be
    ///   written.
    private func store(_ transaction: Transaction, after earlier: Uncommitted) throws -> Receipt {
        // Whatever can be refused is refused here, before the first row is written.
        let written = try written(by: transaction)
        do {
            // The body may have gone on after the disk failed it, and SQLite gave up.
            try begin()
            var dots: [Receipt.ScopedDot] = []
            var first = 0
            while first < written.count {
                let scope = written[first].work.key.scope
                var end = first + 1
                while end < written.count, written[end].work.key.scope == scope { end += 1 }
                dots.append(.init(scope: scope, dot: try store(written, first..<end, in: scope, transaction.stamp)))
                first = end
            }
            if !written.isEmpty { clock = transaction.stamp }
            try noteSystemRecords(written.lazy.map(\.work.key))
            return Receipt(dots: dots, stamp: clock)
        } catch {
            rollBack()
            isUndone = earlier == .work
            throw error
        }
    }

    /// What a transaction wrote, ascending by key.
    private func written(by transaction: Transaction) throws -> [Written] {
        var works = transaction.works.filter(\.isWritten)
        works.sort { $0.key < $1.key }
        return try works.map { work in
            let row = try withBytes(of: work.key) { try encode(work.record.cells, work.key, $0) }
            try checkGrowth(of: work, to: row)
            return Written(work: work, row: row)
        }
    }

    /// Writes one scope's part of a transaction: rows, one index block, the chain's next link.
    private func store(_ written: [Written], _ part: Range<Int>, in scope: Scope, _ stamp: HLC) throws -> Dot {
        let dot = nextDot(in: scope)
        var link = ChainLink(dot, stamp: stamp, run: run)
        var keys: [RecordKey] = []
        keys.reserveCapacity(part.count)
        for index in part {
            let (work, row) = (written[index].work, written[index].row)
            try withBytes(of: work.key) {
                try store(row, $0, replacing: work.row)
                link.add(row, key: $0)
            }
            if work.includesOverlay, !Mutants.isOn("record-folded-in-twice") { try dropStaged(work.key) }
            if overlays.isEmpty { cache.insert(work.record.cells, row, under: work.key) }
            if keys.isEmpty || !Mutants.isOn("index-forgets-a-record") { keys.append(work.key) }
        }
        settleDigests(of: scope)
        let state = changing(scope)
        let span = RunSpan(origin: dot.origin, from: dot.sequence, high: run.high, low: run.low)
        if state.run(of: dot) != span.run, !Mutants.isOn("run-is-not-kept") { try save(span, of: scope) }
        let hash = link.hash(after: state.head(of: dot.origin).point.hash, by: chainHasher)
        let point = ChainPoint(sequence: dot.sequence, hash: hash)
        state.addRecent(ChangeBlock(first: dot.sequence, last: dot.sequence, hashes: [point], keys: keys))
        state.setPoint(point, stamp: stamp, of: dot.origin)
        return dot
    }
}
