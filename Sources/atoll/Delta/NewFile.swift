import Glibc
import Node

/// A file that appears whole or not at all: written under another name, synced, then renamed. What is no plain file, as a
/// device or a pipe, is written to as it is.
enum NewFile {
    /// - Parameter body: is given a function that appends bytes.
    static func write(_ path: String, _ body: (@escaping ([UInt8]) throws -> Void) throws -> Void) throws {
        switch try kind(of: path) {
        case S_IFDIR: throw FileError.isDirectory(path: path)
        case S_IFREG, nil: break
        default:
            let output = try Output(path: path)
            try body(output.write)
            return try output.flush()
        }
        let draft = path + ".part"
        do {
            let output = try Output(path: draft, named: path)
            try body(output.write)
            try output.flush()
            try output.sync()
        } catch FileError.missing(path) {
            throw FileError.missing(path: parent(of: path))
        } catch {
            unlink(draft)
            throw error
        }
        guard rename(draft, path) == 0 else {
            let error = FileError(path: path, operation: "renaming", errno: errno)
            unlink(draft)
            throw error
        }
    }

    /// - Returns: nil if there is nothing.
    private static func kind(of path: String) throws -> mode_t? {
        var status = stat()
        if stat(path, &status) == 0 { return status.st_mode & S_IFMT }
        guard errno == ENOENT else { throw FileError(path: path, operation: "looking at", errno: errno) }
        return nil
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
