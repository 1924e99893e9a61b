import FaultProxy
import Simulation

/// What can happen to a line, drawn by chance.
enum LineTrouble: CaseIterable {
    case none, reset, finish, halfOpen, oneWay, delay, throttle, pieces, corruption, replay, refusal

    /// Lets it happen, until something else does.
    func befall(_ line: FaultProxy, _ random: inout SeededRandom) {
        var lane = LaneFaults()
        switch self {
        case .none: break
        case .reset: return line.cut(.reset)
        case .finish: return line.cut(.finish)
        case .halfOpen: lane.swallows = true
        case .oneWay:
            var faults = Faults()
            lane.swallows = true
            if Bool.random(using: &random) { faults.toServer = lane } else { faults.toClient = lane }
            return line.set(faults)
        case .delay: lane.delayMilliseconds = .random(in: 5...300, using: &random)
        case .throttle: lane.bytesPerSecond = .random(in: 500...50_000, using: &random)
        case .pieces: lane.chunkBytes = .random(in: 1...7, using: &random)
        case .corruption:
            lane.flips = (0..<8).map { _ in
                .init(place: .random(in: 0..<20_000, using: &random), bit: .random(in: 0..<8, using: &random))
            }
        case .replay:
            let start = Int.random(in: 0..<10_000, using: &random)
            lane.replay = .init(start..<start + .random(in: 1...500, using: &random))
        case .refusal:
            var faults = Faults()
            faults.refusesConnections = true
            line.set(faults)
            return line.cut(.reset)
        }
        line.set(Faults(bothWays: lane))
    }
}
