import Foundation
import FuzzHarness
import Testing

/// What fuzzing begins with, and what it has found.
@Suite struct FuzzInputTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fuzz")

    /// The files below a folder of a target, by name; none if there is no such folder.
    private static func inputs(_ kind: String, of target: FuzzTarget) throws -> [String: [UInt8]] {
        let folder = folder.appending(path: kind).appending(path: target.rawValue)
        guard FileManager.default.fileExists(atPath: folder.path(percentEncoded: false)) else { return [:] }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
        return try names.reduce(into: [:]) { $0[$1] = Array(try Data(contentsOf: folder.appending(path: $1))) }
    }

    @Test(arguments: FuzzTarget.allCases)
    func `the seed corpus is what its generator makes`(target: FuzzTarget) throws {
        let seeds = try target.seeds()
        #expect(Set(seeds.map(\.name)).count == seeds.count)
        let made = Dictionary(uniqueKeysWithValues: seeds.map { ($0.name, $0.bytes) })
        let kept = try Self.inputs("Corpus", of: target)
        let names = Set(made.keys).union(kept.keys).filter { made[$0] != kept[$0] }.sorted()
        #expect(
            names.isEmpty,
            "If the formats changed on purpose: ATOLL_FUZZ=1 swift run -c release FuzzCorpus Tests/Fuzz/Corpus")
    }

    @Test(arguments: FuzzTarget.allCases)
    func `every seed keeps the properties that are fuzzed`(target: FuzzTarget) throws {
        for (name, bytes) in try target.seeds() {
            #expect(throws: Never.self, "\(name)") { try target.check(bytes) }
        }
    }

    @Test(arguments: FuzzTarget.allCases)
    func `what fuzzing once found stays mended`(target: FuzzTarget) throws {
        for (name, bytes) in try Self.inputs("Found", of: target).sorted(by: { $0.key < $1.key }) {
            #expect(throws: Never.self, "\(name)") { try target.check(bytes) }
        }
    }
}
