import CRDT
import Foundation
import Replica
import Retail
import Simulation

/// A folder for one benchmark's files; it goes when the benchmark ends.
final class BenchFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "atoll-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    func path(_ name: String) -> String { url.appending(path: name).path(percentEncoded: false) }
}

extension OpeningParameters {
    /// For benchmarks and tests: a fixed key, and a fresh run.
    static func bench() -> OpeningParameters {
        OpeningParameters(
            schema: RetailSchema.schema, digestKey: [UInt8](repeating: 7, count: 16),
            run: Hash128(high: .random(in: 0 ... .max), low: .random(in: 0 ... .max)), cacheKiB: 65_536)
    }
}

extension Replica {
    static func bench(_ folder: BenchFolder, member: UInt32, name: String) throws -> Replica {
        try create(
            at: folder.path(name),
            identity: Identity(chain: Hash128(high: 1, low: 1), member: member, incarnation: UInt64(member) + 1),
            epoch: 1_735_689_600_000, .bench())
    }
}

/// Seconds that a body takes on the monotonic clock.
func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    let elapsed = start.duration(to: .now)
    return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
}

func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
