/// The chain falls apart for a while: lines between machines of different groups are cut. A machine in no group goes on reaching all.
struct Split: Fault {
    static let kind = "split"

    /// By number; 0 is HQ.
    let groups: [[Int]]
    let from: Minutes
    let minutes: Minutes

    var nodes: [Int] { groups.flatMap(\.self) }

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        for line in draft.lines {
            let (one, other) = (groups.firstIndex { $0.contains(line.one) }, groups.firstIndex { $0.contains(line.other) })
            guard let one, let other, one != other else { continue }
            draft.cut(between: line.one, line.other, from: from.milliseconds, for: minutes.milliseconds)
        }
    }
}
