/// Somebody sets the clock of a machine, or it runs fast or slow from now on.
struct SetClock: Act {
    static let kind = "set_clock"

    let node: Int
    var jumpMilliseconds: Int64?
    var driftPartsPerMillion: Int64?

    private enum CodingKeys: String, CodingKey {
        case node
        case jumpMilliseconds = "jump_ms"
        case driftPartsPerMillion = "drift_ppm"
    }

    var nodes: [Int] { [node] }

    var flaw: String? {
        guard Minutes.clockRange.contains(jumpMilliseconds ?? 0) else { return "a clock is set by a hundred years at most" }
        return ClockDrift.range.contains(driftPartsPerMillion ?? 0) ? nil : ClockDrift.refusal
    }

    func perform(in laboratory: Laboratory) throws -> Bool {
        laboratory.world.setClock(of: node, jump: jumpMilliseconds ?? 0, driftPartsPerMillion: driftPartsPerMillion)
        return jumpMilliseconds != nil || driftPartsPerMillion != nil
    }
}
