import CRDT
import Glibc
import Node
import Replica
import Sync

/// A delta file that is to be taken in.
struct DeltaIntake {
    let path: String
    let chain: Hash128
    /// What the replica takes in; other scopes of the file are passed over.
    let wants: (Scope) -> Bool

    /// - Parameter milliseconds: the wall clock, in milliseconds since 1970.
    /// - Returns: how many records were taken in; 0 if nothing in the file was news.
    func run(into replica: Replica, at milliseconds: Int64) throws -> Int {
        try DeltaFileIntake(chain: chain, wanting: wants, open: source).run(into: replica, at: milliseconds)
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
