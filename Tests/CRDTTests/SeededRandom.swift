import Foundation
import Testing

/// Repeatable random numbers. Source: Steele et al., "Fast Splittable Pseudorandom Number Generators" (2014), SplitMix64.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    mutating func chance(_ percent: Int) -> Bool {
        below(100) < percent
    }

    mutating func pick<Item>(_ items: [Item]) -> Item {
        items[below(items.count)]
    }

    /// Any bit length is as likely as any other, so that both small numbers and limits come up.
    mutating func anyLength() -> UInt64 {
        let bits = below(65)
        return bits == 0 ? 0 : next() >> UInt64(64 - bits)
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}

extension SeededRandom {
    /// The first seed of every random test: out of `ATOLL_TEST_SEED`, or drawn for this run.
    static let firstSeed: UInt64 = {
        let given = ProcessInfo.processInfo.environment["ATOLL_TEST_SEED"].flatMap { UInt64($0) }
        let seed = given ?? .random(in: 0 ... .max >> 1)
        print("random tests start at ATOLL_TEST_SEED=\(seed)")
        return seed
    }()

    /// Runs a random test under consecutive seeds. The first failure ends it and names the seed that brings it back as the
    /// first run.
    static func forEachSeed(
        _ count: Int, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: (inout SeededRandom) throws -> Void
    ) {
        for number in 0..<UInt64(count) {
            let seed = firstSeed &+ number
            var random = SeededRandom(seed: seed)
            do {
                try body(&random)
            } catch {
                Issue.record("ATOLL_TEST_SEED=\(seed) fails: \(error)", sourceLocation: sourceLocation)
                return
            }
        }
    }
}

/// What a random test found wrong.
struct Mismatch: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Like `#expect(left == right)`, which is too slow for millions of comparisons.
func expectEqual<Thing: Equatable>(_ found: Thing, _ expected: Thing, _ what: @autoclosure () -> String) throws {
    if found != expected { throw Mismatch("\(what()): found \(found), expected \(expected)") }
}
