/// Records rot on disk: a program is killed, one bit of a row changes, and the program goes on.
struct RottenRows: Fault {
    static let kind = "rotten_rows"

    /// At each machine, HQ included.
    let perHour: Rate

    private enum CodingKeys: String, CodingKey {
        case perHour = "per_hour"
    }

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        for node in 0...draft.stores {
            var random = draft.streams.stream(.fault, index, UInt64(node))
            for time in draft.moments(perHour: perHour.value, &random) {
                let (row, bit) = (Int.random(in: 0..<1 << 20, using: &random), Int.random(in: 0..<1 << 16, using: &random))
                draft.add(KillProgram(node: node), at: time)
                draft.add(RotRow(node: node, row: row, bit: bit), at: time + 1)
                draft.add(SwitchOn(node: node), at: time + 2)
            }
        }
    }
}
