public import CRDT

/// What a follower of the change feed has to do to show what is visible.
public enum FeedNews: Hashable, Sendable {
    /// Read these records again, ascending: they changed, and perhaps some of them did not.
    case changes([RecordKey])
    /// Forget the scope and read all of it: something died that nothing is left to tell of.
    case rescan
}

/// The change feed of published cuts, for projections and whoever else follows what is visible.
extension Replica {
    /// What changed in a scope beyond a vector. A follower keeps the vector of `cut(of:)` from the same moment as its cursor.
    ///
    /// A whole state that was joined, touch marks that were collected and transactions that were renamed leave no trace of what
    /// died of them. Whoever has not seen that far must read the scope anew.
    public func feed(of scope: Scope, beyond vector: VersionVector) throws -> FeedNews {
        try refresh()
        // Where transactions were renamed, the mark may name more of an origin than there is now.
        let mark = try rescanMark(of: scope).met(with: self.vector(of: scope))
        guard vector.covers(mark) else { return .rescan }
        return .changes(try changedKeys(in: scope, beyond: vector))
    }

    /// Makes every follower that does not cover a vector read the scope anew.
    func requireRescan(of scope: Scope, below vector: VersionVector) throws {
        var writer = ByteWriter()
        let mark = try rescanMark(of: scope).joined(with: vector)
        mark.encode(into: &writer)
        try Meta(connection).set(Self.rescanName(scope), writer.bytes)
        rescanMarks[scope] = mark
    }

    private func rescanMark(of scope: Scope) throws -> VersionVector {
        if let mark = rescanMarks[scope] { return mark }
        let mark = try Meta(connection).read(Self.rescanName(scope)) { reader throws(CodecError) in
            try VersionVector(decoding: &reader, limit: DeltaHeader.originLimit)
        }
        rescanMarks[scope] = mark ?? VersionVector()
        return mark ?? VersionVector()
    }

    private static func rescanName(_ scope: Scope) -> String { "rescan \(scope.rawValue)" }
}
