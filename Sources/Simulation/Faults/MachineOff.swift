/// Some machines are off for a while, properly killed or by a failing power supply.
struct MachineOff: Fault {
    static let kind = "machine_off"

    /// 0 is HQ.
    let machines: [Int]
    let from: Minutes
    let minutes: Minutes
    /// What their disks keep; if it is not said, their programs are killed.
    let keeping: Survival?

    private enum CodingKeys: String, CodingKey {
        case machines = "nodes"
        case from, minutes, keeping
    }

    var nodes: [Int] { machines }

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        for node in machines {
            if let keeping {
                draft.add(LosePower(node: node, keeping: keeping), at: from.milliseconds)
            } else {
                draft.add(KillProgram(node: node), at: from.milliseconds)
            }
            draft.add(SwitchOn(node: node), at: from.milliseconds + minutes.milliseconds)
        }
    }
}
