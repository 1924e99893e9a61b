import Foundation
import Glibc
import Node

/// A file that appears whole or not at all: written under another name, synced, then renamed.
enum NewFile {
    /// - Parameter body: is given a function that appends bytes.
    static func write(_ path: String, _ body: (@escaping ([UInt8]) throws -> Void) throws -> Void) throws {
        let draft = path + ".part"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError(path: draft, operation: "open", errno: errno) }
        do {
            try body { try append($0, to: descriptor, draft) }
            guard fsync(descriptor) == 0 else { throw FileError(path: draft, operation: "sync", errno: errno) }
            close(descriptor)
        } catch {
            close(descriptor)
            unlink(draft)
            throw error
        }
        guard rename(draft, path) == 0 else { throw FileError(path: path, operation: "rename", errno: errno) }
    }

    private static func append(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw FileError(path: path, operation: "write", errno: errno) }
            rest = rest.dropFirst(written)
        }
    }
}
