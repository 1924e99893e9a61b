/// Some machines take bytes at a trickle for a while, from whomever.
struct SlowReader: Fault {
    static let kind = "slow_reader"

    /// 0 is HQ.
    let machines: [Int]
    let from: Minutes
    let minutes: Minutes
    let bytesPerSecond: Amount

    private enum CodingKeys: String, CodingKey {
        case machines = "nodes"
        case from, minutes
        case bytesPerSecond = "bytes_per_second"
    }

    var nodes: [Int] { machines }

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        let (start, end) = (from.milliseconds, from.milliseconds + minutes.milliseconds)
        for node in machines {
            for other in draft.partners(of: node) {
                draft.add(ChangeLine(from: other, to: node, bytesPerSecond: Int64(bytesPerSecond.value)), at: start)
                draft.add(ChangeLine(from: other, to: node, bytesPerSecond: LineCondition().bytesPerSecond), at: end)
            }
        }
    }
}
