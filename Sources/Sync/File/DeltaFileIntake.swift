internal import CRDT
public import Replica

/// Takes a delta file in: reads it twice, first to check all of it, then to join it.
public struct DeltaFileIntake {
    /// Files of more records are staged, so that memory stays small and no commit is long.
    public static let recordsAtOnce = 20_000

    /// Begins to read the file from its start, each time.
    private let open: () throws -> () throws -> [UInt8]?
    private let chain: Hash128
    private let recordsAtOnce: Int
    private let wants: (Scope) -> Bool

    /// - Parameters:
    ///   - chain: whose files are accepted.
    ///   - recordsAtOnce: files of more are staged.
    ///   - wants: what the replica takes in; other scopes of the file are passed over.
    ///   - open: gives what reads the file from its start: chunks of any size but none, then nil.
    public init(
        chain: Hash128, recordsAtOnce: Int = recordsAtOnce, wanting wants: @escaping (Scope) -> Bool,
        open: @escaping () throws -> () throws -> [UInt8]?
    ) {
        (self.open, self.chain, self.recordsAtOnce, self.wants) = (open, chain, recordsAtOnce, wants)
    }

    /// - Parameter milliseconds: the wall clock, in milliseconds since 1970.
    /// - Returns: how many records were taken in; 0 if nothing in the file was news.
    public func run(into replica: Replica, at milliseconds: Int64) throws -> Int {
        let summary = try DeltaFileReader.verify(source: try open(), chain: chain)
        // Whatever could be refused is refused before the first section is joined.
        for header in summary.headers where wants(header.scope) { try replica.checkAcceptable(header) }
        let reader = try DeltaFileReader(source: try open(), chain: chain, verified: summary)
        return summary.counts.records <= recordsAtOnce
            ? try join(reader, into: replica, at: milliseconds) : try stage(reader, into: replica, at: milliseconds)
    }

    private func join(_ reader: DeltaFileReader, into replica: Replica, at milliseconds: Int64) throws -> Int {
        var deltas: [Delta] = []
        while let item = try reader.next() {
            switch item {
            case .section(let header): deltas.append(Delta(header: header, records: []))
            case .records(let records): deltas[deltas.count - 1].records += records
            }
        }
        return try replica.join(deltas.filter { wants($0.header.scope) }, at: milliseconds)
    }

    private func stage(_ reader: DeltaFileReader, into replica: Replica, at milliseconds: Int64) throws -> Int {
        var scopes: [Scope] = []
        var (count, isNews) = (0, false)
        while let item = try reader.next() {
            switch item {
            case .section(let header):
                isNews = wants(header.scope) && !replica.vector(of: header.scope).covers(header.cut.vector)
                guard isNews else { continue }
                // A cut that was left half staged by an import that was interrupted begins anew.
                if try replica.stage(header) != nil { try replica.dropStaged(header.scope) }
                _ = try replica.stage(header)
                scopes.append(header.scope)
            case .records(let records):
                guard isNews, let scope = scopes.last else { continue }
                try replica.stage(records, in: scope)
                count += records.count
                try replica.checkpoint()
            }
        }
        for scope in scopes { try replica.publish(scope) }
        while try replica.fold(at: milliseconds) { try replica.checkpoint() }
        return count
    }
}
