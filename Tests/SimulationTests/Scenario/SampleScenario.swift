import Simulation

/// Types as scenario files have them: synthesized, apart from ``Step``, whose key `kind` decides what else there is.
struct SampleScenario: Codable, Equatable {
    var name: String
    var seed: UInt64
    var isStrict: Bool
    var rate: Double?
    var shift: Int16?
    var nodes: [Node]
    var limits: [String: Int32]
    var faults: [Fault]

    struct Node: Codable, Equatable {
        var role: Role
        var neighbours: Set<String>
        var place: [Float]?
    }

    enum Role: String, Codable, CaseIterable { case headquarters, store, warehouse }

    enum Fault: Codable, Equatable {
        case partition(from: Int64, hours: Int?)
        case loss(rate: Double, [UInt8])
        case heal

        enum CodingKeys: CodingKey, CaseIterable { case partition, loss, heal }
    }
}

enum Step: Decodable, Equatable {
    case delay(Delay)
    case crash(Crash)

    struct Delay: Decodable, Equatable {
        var at: Int
        var latency: Int
        var jitter: Int?
    }

    struct Crash: Decodable, Equatable {
        var at: Int
        var node: String
    }

    enum Kind: String, Decodable, CaseIterable { case delay, crash }

    private enum CodingKeys: CodingKey { case kind }

    init(from decoder: any Decoder) throws {
        switch try decoder.container(keyedBy: CodingKeys.self).decode(Kind.self, forKey: .kind) {
        case .delay: self = .delay(try Delay(from: decoder))
        case .crash: self = .crash(try decoder.singleValueContainer().decode(Crash.self))
        }
    }
}

extension SampleScenario {
    init(using random: inout SeededRandom) {
        name = RandomJSON.text(using: &random)
        seed = random.next()
        isStrict = Bool.random(using: &random)
        rate = Bool.random(using: &random) ? Double.random(in: -1e9...1e9, using: &random) : nil
        shift = Bool.random(using: &random) ? Int16.random(in: .min ... .max, using: &random) : nil
        nodes = (0..<Int.random(in: 0...3, using: &random)).map { _ in Node(using: &random) }
        limits = [:]
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            limits[RandomJSON.text(using: &random)] = Int32.random(in: .min ... .max, using: &random)
        }
        faults = (0..<Int.random(in: 0...3, using: &random)).map { _ in Fault(using: &random) }
    }
}

extension SampleScenario.Node {
    init(using random: inout SeededRandom) {
        role = SampleScenario.Role.allCases.randomElement(using: &random) ?? .store
        neighbours = Set((0..<3).map { _ in RandomJSON.text(using: &random) })
        place = Bool.random(using: &random) ? [Float.random(in: -180...180, using: &random), 0.1, 3] : nil
    }
}

extension SampleScenario.Fault {
    init(using random: inout SeededRandom) {
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            self = .partition(
                from: Int64.random(in: .min ... .max, using: &random),
                hours: Bool.random(using: &random) ? Int.random(in: -9...9, using: &random) : nil)
        case 1: self = .loss(rate: Double.random(in: 0..<1, using: &random), [0, 255, 7])
        default: self = .heal
        }
    }
}
