import CRDT
import Foundation
import Replica
import Testing

/// A process on real files, killed at any moment.
@Suite struct KillTests {
    private static let scopes = [Scope(.books, of: 1), Scope(.stock, of: 1)]

    /// It stands beside the test bundle, whose process this is.
    private static let target = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "CrashTarget")

    @Test func `two hundred kills lose nothing that was told and leave nothing by halves`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "atoll-kill-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var told: [String: [String]] = [:]
        for kill in 0..<200 {
            for line in try Self.run(in: folder, untilLine: Int.random(in: 0..<40)) {
                let parts = line.split(separator: " ").map(String.init)
                if parts.count == 3 { told[parts[0]] = Array(parts[1...]) }
            }
            guard kill % 5 == 4 else { continue }
            for member in UInt32(1)...2 {
                try Self.check(try Self.open(folder, member), told: told["\(member)"] ?? ["[]", "[]"])
            }
        }
        let replicas = try (UInt32(1)...2).map { try Self.open(folder, $0) }
        for replica in replicas { while try replica.fold(at: Site.epoch) {} }
        for (mine, peer) in [(0, 1), (1, 0)] {
            let deltas = try Self.scopes.compactMap { try replicas[peer].delta($0, for: replicas[mine].cut(of: $0)) }
            try replicas[mine].join(deltas, at: Site.epoch)
        }
        for scope in Self.scopes {
            #expect(replicas[0].cut(of: scope) == replicas[1].cut(of: scope))
            #expect(replicas[0].digest(of: scope) == replicas[1].digest(of: scope))
            let digest = try replicas[0].recomputedDigest(of: scope, key: Site.digestKey)
            #expect(replicas[0].digest(of: scope) == digest)
        }
        #expect(replicas[0].vector(of: Self.scopes[0]).entries.allSatisfy { $0.sequence > 500 })
    }

    /// Starts the target, kills it after some lines, and gives everything that it told.
    private static func run(in folder: URL, untilLine count: Int) throws -> [Substring] {
        let process = Process()
        process.executableURL = target
        process.arguments = [folder.path(percentEncoded: false)]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        var output = Data()
        while output.count(where: { $0 == UInt8(ascii: "\n") }) < count {
            let more = pipe.fileHandleForReading.availableData
            if more.isEmpty { break }
            output += more
        }
        kill(process.processIdentifier, SIGKILL)
        output += try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try require(process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGKILL, "it ended by itself")
        let text = String(decoding: output, as: UTF8.self)
        // A last line that was cut short was told to nobody.
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    }

    private static func open(_ folder: URL, _ member: UInt32) throws -> Replica {
        try Replica.open(
            at: folder.appending(path: "\(member).db").path(percentEncoded: false),
            OpeningParameters(schema: Schema([]), digestKey: Site.digestKey, run: Hash128(high: 1, low: UInt64(member))))
    }

    private static func check(_ replica: Replica, told: [String]) throws {
        for (scope, line) in zip(scopes, told) {
            let vector = replica.vector(of: scope)
            for pair in line.dropFirst().dropLast().split(separator: ",") {
                let numbers = pair.split(separator: ":").compactMap { UInt64($0) }
                let held = vector.entries.first { $0.origin.member == UInt32(numbers[0]) }?.sequence ?? 0
                try require(held >= numbers[1], "\(scope): told \(line), held \(vector.entries)")
            }
        }
        let (books, stock) = (replica.vector(of: scopes[0]), replica.vector(of: scopes[1]))
        let own = replica.identity.origin
        try require(books.sequence(of: own) == stock.sequence(of: own), "half a transaction across scopes")
        var expected: Set<RecordKey> = []
        for entry in books.entries {
            for number in 1...entry.sequence {
                let id = Identifier(number: UInt64(entry.origin.member) * 1_000_000 + number, digits: 10)
                let key = RecordKey(scope: scopes[0], collection: 10, id: id)
                expected.insert(key)
                let record = try replica.record(key)
                let isWhole = record.register(SlotKey(field: 1))?.value == .integer(Int64(number)) && record.cells.count == 2
                try require(isWhole, "\(key) is there by half: \(record.cells)")
            }
        }
        try require(Set(try replica.keys(of: scopes[0])) == expected, "more or fewer tickets than transactions")
        let tally = RecordKey(scope: scopes[1], collection: 20, id: Identifier(number: 1, digits: 1))
        let counter = try replica.record(tally).counter(1)
        let shares = counter.shares.map { VersionVector.Entry(origin: $0.origin, sequence: $0.count.increments) }
        try require(shares == stock.entries, "counted \(shares), held \(stock.entries)")
    }
}
