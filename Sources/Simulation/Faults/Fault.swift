/// What goes wrong in a scenario: it draws acts from a seed.
public protocol Fault: Decodable, Sendable {
    /// As scenario files name it.
    static var kind: String { get }

    /// The machines that it names, by number.
    var nodes: [Int] { get }

    /// - Parameter index: its place among the faults of the scenario, which names its stream of random numbers.
    func plan(_ draft: inout PlanDraft, index: UInt64)
}

extension Fault {
    public var nodes: [Int] { [] }
}

/// All kinds of faults. A new one is a file beside these, and a line here.
public enum Faults {
    public static let all: [any Fault.Type] = [
        Outage.self, Flapping.self, TornLines.self, PoorLines.self, PowerFailures.self, Kills.self, MachineOff.self,
        WrongClock.self, DiskTroubles.self, CrashPoints.self, OldDisks.self, LyingDisks.self, NewMachines.self, RottenRows.self,
        Split.self,
        LateFiles.self,
        Pauses.self, HalfOpen.self, SlowReader.self, TightBounds.self, HostileMembers.self,
        RollingUpdates.self, LostStores.self, AlteringMembers.self,
    ]
}

/// A fault as it stands in a file.
public struct PlannedFault: Decodable, Sendable {
    public let fault: any Fault
    /// No seed leaves it out.
    public let isAlways: Bool

    private enum CodingKeys: String, CodingKey {
        case always
    }

    public init(from decoder: any Decoder) throws {
        isAlways = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(Bool.self, forKey: .always) ?? false
        fault = try decoder.kind(outOf: Faults.all, name: { $0.kind }).init(from: decoder)
    }
}
