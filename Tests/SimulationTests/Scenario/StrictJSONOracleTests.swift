import Foundation
import Simulation
import Testing

/// Foundation's decoder reads the same from what both accept, and whatever we accept it accepts, too.
@Suite struct StrictJSONOracleTests {
    private func ours<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) -> Value? {
        try? StrictJSON.decode(type, from: bytes, named: "a.json")
    }

    private func theirs<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) -> Value? {
        try? JSONDecoder().decode(type, from: Data(bytes))
    }

    /// The same for every process: sorted, as a seed would not repeat a dictionary's order.
    private func encoded(_ scenario: SampleScenario, isPretty: Bool) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = isPretty ? [.sortedKeys, .prettyPrinted] : .sortedKeys
        return try encoder.encode(scenario)
    }

    @Test(arguments: [UInt64](0..<8))
    func `both decoders read the same from random valid documents`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<250 {
            let text = RandomJSON.document(using: &random)
            let tree = decoded(JSONTree.self, text)
            #expect(tree != nil && tree == theirs(JSONTree.self, Array(text.utf8)), "seed \(seed): \(text)")
        }
    }

    @Test func `both decoders read the same numbers, bit for bit`() {
        var random = SeededRandom(seed: 1)
        for _ in 0..<2_000 {
            let number = RandomJSON.number(using: &random)
            guard let ours = ours([Double].self, Array("[\(number)]".utf8))?.first else {
                // Refused is an integer that a Double would round, and nothing else.
                #expect(Int128(number).map { Double(exactly: $0) == nil } == true, "\(number)")
                continue
            }
            #expect(ours.bitPattern == Double(number)?.bitPattern, "\(number)")
            #expect(ours.bitPattern == theirs([Double].self, Array("[\(number)]".utf8))?.first?.bitPattern, "\(number)")
        }
    }

    @Test(arguments: [UInt64](0..<4))
    func `synthesized types come back as they were encoded`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<100 {
            let scenario = SampleScenario(using: &random)
            let text = String(decoding: try encoded(scenario, isPretty: Bool.random(using: &random)), as: UTF8.self)
            #expect(decoded(SampleScenario.self, text) == scenario, "seed \(seed): \(text)")
        }
    }

    @Test(arguments: [UInt64](0..<4))
    func `damaged documents never trap, and nothing is accepted that Foundation refuses or reads otherwise`(
        seed: UInt64
    ) throws {
        var random = SeededRandom(seed: seed)
        var (accepted, refused) = (0, 0)
        for _ in 0..<100 {
            let isSample = Bool.random(using: &random)
            let whole =
                isSample
                ? try encoded(SampleScenario(using: &random), isPretty: false)
                : Data(RandomJSON.document(using: &random).utf8)
            for _ in 0..<10 {
                let damaged = mutated(Array(whole), using: &random)
                if let sample = ours(SampleScenario.self, damaged) {
                    #expect(sample == theirs(SampleScenario.self, damaged), "seed \(seed): \(damaged)")
                }
                if let tree = ours(JSONTree.self, damaged) {
                    let other = theirs(JSONTree.self, damaged)
                    #expect(tree.withoutWideIntegers == other?.withoutWideIntegers, "seed \(seed): \(damaged)")
                    accepted += 1
                } else {
                    checkPlaces(damaged)
                    refused += 1
                }
            }
        }
        #expect(accepted > 100 && refused > 100, "seed \(seed): \(accepted) accepted, \(refused) refused")
    }

    @Test func `random bytes never trap, and every mistake stands inside the file`() {
        var random = SeededRandom(seed: 1)
        let signs = Array("{}[]\",:\\u0123456789eE+-.tfn \n".utf8)
        for round in 0..<20_000 {
            let count = Int.random(in: 0...40, using: &random)
            let bytes = (0..<count).map { _ in
                round.isMultiple(of: 2)
                    ? UInt8.random(in: .min ... .max, using: &random)
                    : signs.randomElement(using: &random) ?? 0
            }
            checkPlaces(bytes)
        }
    }

    /// Every place lies in the text, and the excerpt's caret under a character or just behind the last.
    private func checkPlaces(_ bytes: [UInt8]) {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        do {
            _ = try StrictJSON.decode(SampleScenario.self, from: bytes, named: "a.json")
        } catch {
            #expect(!error.errors.isEmpty)
            for mistake in error.errors {
                #expect((1...lines.count).contains(mistake.line), "\(bytes)")
                guard lines.indices.contains(mistake.line - 1) else { continue }
                #expect((1...(lines[mistake.line - 1].count + 1)).contains(mistake.column), "\(bytes)")
                #expect(mistake.illustration.split(separator: "\n", omittingEmptySubsequences: false).count == 2)
            }
        }
    }

    /// Some bytes changed, lost, put in or repeated.
    private func mutated(_ bytes: [UInt8], using random: inout SeededRandom) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(Array("{}[]\",:\\0e-. \n".utf8).randomElement(using: &random) ?? 0, at: place)
            case 3: bytes.insert(contentsOf: bytes[place...].prefix(9), at: place)
            default: bytes.removeSubrange(place..<min(place + 5, bytes.count))
            }
        }
        return bytes
    }
}
