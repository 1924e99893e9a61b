import Foundation
import Glibc
import Node
import Testing

@Suite struct DirectoryLockTests {
    private let folder = try? TemporaryFolder()

    /// A child process between its fork and its exec has a copy of every descriptor: it once kept a directory locked that its
    /// parent had let go, and the next opening was refused.
    @Test func `a lock that is let go is free, even while a copy of its descriptor lives`() throws {
        let path = try #require(folder).path
        var lock: DirectoryLock? = try DirectoryLock(path)
        let copies = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap(Int32.init).filter {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path + "/lock"
        }.map { dup($0) }
        defer { for copy in copies { close(copy) } }
        #expect(copies.count == 1)
        #expect(throws: NodeError.self) { _ = try DirectoryLock(path) }
        lock = nil
        lock = try DirectoryLock(path)
        withExtendedLifetime(lock) {}
    }
}
