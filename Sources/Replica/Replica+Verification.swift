internal import CRDT

/// How far a look through all rows of records has come: scope by scope, a few rows at a time.
public struct RowVerification: Hashable, Sendable {
    /// The scope that is being looked through, and where in it to go on.
    fileprivate var scope: Scope?
    fileprivate var position: [UInt8] = []
    /// The scope when that began, and what its rows have added up to so far.
    fileprivate var moment: ScopeMoment?
    fileprivate var sum = Hash128.zero
    /// The last scope that was looked through whole.
    fileprivate var last: Scope?
    /// Records that hold values which were written without seeing each other, so far.
    fileprivate var contested = 0

    public init() {}
}

/// What a part of such a look has found.
public struct VerifiedRows: Hashable, Sendable {
    /// Records whose rows are damaged, ascending.
    public var damaged: [RecordKey] = []
    /// Rows whose keys are damaged, so that nobody can say which records they were.
    public var nameless = 0
    public var rowCount = 0
    /// Nothing is left to look at.
    public var isComplete = false
    /// How many records hold values which were written without seeing each other, in all, once nothing is left to look at.
    public var contested: Int?
}

extension Replica {
    /// Looks at the next rows: at their checksums and cells, and, if a scope did not change between its first row and its last,
    /// at their sum. A row that is gone is found by that alone (`doubtfulScopes`).
    ///
    /// - Parameter limit: the most rows.
    public func verify(_ verification: inout RowVerification, limit: Int) throws -> VerifiedRows {
        try refresh()
        var found = VerifiedRows()
        while found.rowCount < limit {
            let scope = verification.scope ?? heldScopes.first { scope in verification.last.map { $0 < scope } ?? true }
            guard let scope else {
                (found.isComplete, found.contested) = (true, verification.contested)
                verification = RowVerification()
                break
            }
            if verification.scope == nil {
                (verification.scope, verification.position) = (scope, RecordKey.prefix(scope))
                (verification.moment, verification.sum) = (try moment(of: scope), .zero)
            }
            try verify(scope, &verification, limit, &found)
        }
        found.damaged.sort()
        return found
    }

    private func verify(
        _ scope: Scope, _ verification: inout RowVerification, _ limit: Int, _ found: inout VerifiedRows
    ) throws {
        var next: [UInt8]?
        try tables.scan(.record, from: verification.position, upTo: RecordKey.prefix(scope).upperBound) { bytes, value in
            guard found.rowCount < limit else {
                next = Array(bytes)
                return false
            }
            found.rowCount += 1
            do throws(CodecError) {
                let row = try codec.parse(value, key: bytes)
                let cells = try PackedCells.cells(value, row)
                if let key = try? RecordKey(row: bytes), schema[key.collection]?.isContested(cells) == true {
                    verification.contested += 1
                }
                for group in row { if let hash = try hash(of: group, in: value, bytes) { verification.sum += hash } }
            } catch {
                verification.moment = nil
                if let key = try? RecordKey(row: bytes) { found.damaged.append(key) } else { found.nameless += 1 }
            }
            return true
        }
        if let next {
            verification.position = next
            return
        }
        (verification.scope, verification.last) = (nil, scope)
        guard let moment = verification.moment, moment.aside.isEmpty, !isStaging(scope),
            try self.moment(of: scope) == moment
        else { return }
        let isWhole = verification.sum == digest(of: scope) || Mutants.isOn("lost-row-is-not-missed")
        if isWhole { doubtfulScopes.remove(scope) } else { doubtfulScopes.insert(scope) }
    }
}
