import Foundation
import Node
import Replica

/// A folder for one test's files, gone with its last reference.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "atoll-node-\(UUID().uuidString)")
            .path(percentEncoded: false)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    subscript(name: String) -> String { path + "/" + name }

    /// Every file's bytes, by path; locks are left out.
    func contents(of folder: String) throws -> [String: Data] {
        var contents: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            guard !name.hasSuffix("lock") else { continue }
            contents[name] = FileManager.default.contents(atPath: folder + "/" + name) ?? Data()
        }
        return contents
    }
}

extension ReplicaCard {
    static func test(_ member: UInt32 = 1) -> ReplicaCard {
        ReplicaCard(
            chain: Hash128(high: 1, low: 2), member: member, name: member == 0 ? "HQ" : "S00\(member)",
            digestKey: [UInt8](repeating: 3, count: 16))
    }
}

extension ReplicaDirectory {
    static func test(_ path: String, member: UInt32 = 1) throws -> ReplicaDirectory {
        try create(at: path, .test(member), epoch: 1_735_689_600_000)
    }
}
