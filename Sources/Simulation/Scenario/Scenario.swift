/// A scenario file: a chain, what people do, what goes wrong, what must hold. `Simulations/README.md` describes it key by key.
public struct Scenario: Sendable {
    /// In one sentence, for whoever looks through a folder.
    public let about: String
    /// Besides HQ.
    public let stores: Int
    /// Whom stores dial besides HQ.
    public let neighbours: Neighbours
    /// Milliseconds since 1970 as the world begins.
    public let wall: Int64
    /// How long work and faults come, in milliseconds.
    public let length: Int64
    /// How long everything is whole after that until all must be equal, in milliseconds.
    public let settling: Int64
    /// Each seed leaves out some of the faults that are not marked `always`.
    public let isSwarm: Bool
    public let work: [PlannedWork]
    public let faults: [PlannedFault]
    /// What happens besides, or in place of work and faults: a shrunk scenario has nothing else.
    public let events: [PlannedEvent]
    /// The oracle that must be violated: a scenario that shows that it can be.
    public let violates: String?
    /// The only seed: a run that was written down, which is the same whatever seed is asked for.
    public let seed: UInt64?
}

extension Scenario: Decodable {
    private enum CodingKeys: String, CodingKey {
        case about, stores, ring, islands, begins, minutes, swarm, work, faults, events, violates, seed
        case settleMinutes = "settle_minutes"
        /// Where an editor finds what may stand in the file.
        case schema = "$schema"
    }

    private static let storeLimit = 2_000
    /// 2 March 2026, 8 o'clock.
    static let usualBeginning: Int64 = 1_772_438_400_000
    static let usualSettling = Minutes(milliseconds: 10 * 60_000)

    /// - Parameter path: for messages, and for files that the scenario names: they are looked for from there.
    public static func read(_ bytes: [UInt8], named path: String) throws(ScenarioErrors) -> Scenario {
        try StrictJSON.decode(Scenario.self, from: bytes, named: path, userInfo: RecordedLog.userInfo(ofFileAt: path))
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        _ = try container.decodeIfPresent(String.self, forKey: .schema)
        about = try container.decode(String.self, forKey: .about)
        let stores = try container.decode(Int.self, forKey: .stores)
        guard (1...Self.storeLimit).contains(stores) else {
            throw DecodingError.dataCorruptedError(
                forKey: .stores, in: container, debugDescription: "a chain has 1 to \(Self.storeLimit) stores")
        }
        self.stores = stores
        let isRing = try container.decodeIfPresent(Bool.self, forKey: .ring) ?? false
        let islands = try container.decodeIfPresent([[Int]].self, forKey: .islands) ?? []
        guard islands.joined().allSatisfy((1...stores).contains) else {
            throw DecodingError.dataCorruptedError(
                forKey: .islands, in: container, debugDescription: "an island is some of the stores, 1 to \(stores)")
        }
        neighbours = Neighbours((isRing ? Neighbours.ring(of: stores) : []) + islands.flatMap(Neighbours.island))
        wall = try container.decodeIfPresent(WallTime.self, forKey: .begins)?.milliseconds ?? Self.usualBeginning
        length = try container.decode(Minutes.self, forKey: .minutes).milliseconds
        settling = (try container.decodeIfPresent(Minutes.self, forKey: .settleMinutes) ?? Self.usualSettling).milliseconds
        isSwarm = try container.decodeIfPresent(Bool.self, forKey: .swarm) ?? true
        work = try container.decodeIfPresent([PlannedWork].self, forKey: .work) ?? []
        faults = try container.decodeIfPresent([PlannedFault].self, forKey: .faults) ?? []
        events = try container.decodeIfPresent([PlannedEvent].self, forKey: .events) ?? []
        violates = try container.decodeIfPresent(OracleName.self, forKey: .violates)?.name
        seed = try container.decodeIfPresent(UInt64.self, forKey: .seed)
        for (index, fault) in faults.enumerated() where !fault.fault.nodes.allSatisfy((0...stores).contains) {
            throw DecodingError.dataCorruptedError(
                forKey: .faults, in: container,
                debugDescription: "the fault \(index + 1) names a machine that is none of 0 (HQ) to \(stores)")
        }
        for (index, work) in work.enumerated() where !work.work.nodes.allSatisfy((0...stores).contains) {
            throw DecodingError.dataCorruptedError(
                forKey: .work, in: container,
                debugDescription:
                    "the work \(index + 1) is that of \(work.work.nodes.max() ?? 0) stores, and the chain has \(stores)")
        }
        if let late = events.firstIndex(where: { $0.time >= length + settling }) {
            throw DecodingError.dataCorruptedError(
                forKey: .events, in: container,
                debugDescription: "the event \(late + 1) comes when the scenario is over")
        }
        for (index, event) in events.enumerated() where !event.act.nodes.allSatisfy((0...stores).contains) {
            throw DecodingError.dataCorruptedError(
                forKey: .events, in: container,
                debugDescription: "the event \(index + 1) is about a machine that is none of 0 (HQ) to \(stores)")
        }
    }

    private struct OracleName: Decodable {
        let name: String

        init(from decoder: any Decoder) throws {
            name = try decoder.singleValueContainer().decode(String.self)
            guard Oracles.names.contains(name) else {
                let known = Oracles.names.joined(separator: ", ")
                throw decoder.refusal("unknown oracle \(name.quoted); known are: \(known)")
            }
        }
    }
}
