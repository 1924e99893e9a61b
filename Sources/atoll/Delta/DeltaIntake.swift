import CRDT
import Glibc
import Node
import Replica
import Sync

/// Takes a delta file in: reads it twice, first to check all of it, then to join it.
struct DeltaIntake {
    /// Files of more records are staged, so that memory stays small and no commit is long.
    private static let recordsAtOnce = 20_000

    let path: String
    let chain: Hash128
    /// What the replica takes in; other scopes of the file are passed over.
    let wants: (Scope) -> Bool

    /// - Parameter milliseconds: the wall clock, in milliseconds since 1970.
    /// - Returns: how many records were taken in; 0 if nothing in the file was news.
    func run(into replica: Replica, at milliseconds: Int64) throws -> Int {
        let summary = try DeltaFileReader.verify(source: try source(), chain: chain)
        // Whatever could be refused is refused before the first section is joined.
        for header in summary.headers where wants(header.scope) { try replica.checkAcceptable(header) }
        let reader = try DeltaFileReader(source: try source(), chain: chain, verified: summary)
        return summary.counts.records <= Self.recordsAtOnce
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

    private func source() throws -> () throws -> [UInt8]? {
        let file = try OpenFile(path)
        return { try file.read() }
    }
}

/// A file open for reading, closed with its last reference.
private final class OpenFile {
    private let path: String
    private let descriptor: Int32

    init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(path: path, operation: "opening", errno: errno) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// - Returns: the next bytes; nil at the end.
    func read() throws -> [UInt8]? {
        while true {
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            let count = Glibc.read(descriptor, &bytes, bytes.count)
            if count > 0 { return Array(bytes[..<count]) }
            if count == 0 { return nil }
            guard errno == EINTR else { throw FileError(path: path, operation: "reading", errno: errno) }
        }
    }
}
