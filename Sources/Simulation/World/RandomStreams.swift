/// Random numbers of a run, a stream for each concern: drawing more, or less, in one moves nothing in the others. So a run with a
/// fault taken out is the same run but for what the fault had done.
public struct RandomStreams: Sendable {
    public enum Concern: String, Sendable {
        /// How long a line takes, and how it cuts what it carries; by its two ends and how often they have connected.
        case line
        /// What a node draws itself: its incarnations, its waits; by node and start.
        case node
        /// What a disk loses; by node and how often it has lost power.
        case disk
        /// What people do; by node.
        case work
        /// When which fault comes; by its place in the scenario.
        case fault
        /// How each clock is wrong; by node.
        case clock
        /// What hostile callers make up; by how many there were.
        case call
        /// Which faults a seed leaves out; by their places in the scenario.
        case swarm
    }

    public let seed: UInt64

    public init(seed: UInt64) {
        self.seed = seed
    }

    /// The stream of a concern, or of a part of it; the same names give the same one.
    public func stream(_ concern: Concern, _ names: UInt64...) -> SeededRandom {
        var mixed = SeededRandom(seed: seed)
        var state = mixed.next()
        // Swift's own hashes differ from process to process.
        for byte in concern.rawValue.utf8 { state = Self.mix(state, UInt64(byte)) }
        for name in names { state = Self.mix(state, name) }
        return SeededRandom(seed: state)
    }

    private static func mix(_ state: UInt64, _ value: UInt64) -> UInt64 {
        var random = SeededRandom(seed: state ^ value &* 0xd6e8_feb8_6659_fd93)
        return random.next()
    }
}
