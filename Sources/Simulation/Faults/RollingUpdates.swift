/// A new version of the program comes to one machine after another; at some it goes wrong, and they go back to the old one for a
/// while.
struct RollingUpdates: Fault {
    static let kind = "rolling_updates"

    /// What all have before; what they have from the beginning on, if it is not said.
    let before: ProgramVersion?
    let version: ProgramVersion
    let from: Minutes
    /// How long it takes until each machine has had its turn.
    let minutes: Minutes

    /// One machine of so many goes back.
    private static let updatesToOneFailure = 4

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        let (start, end) = (from.milliseconds, from.milliseconds + max(1, minutes.milliseconds))
        for node in 0...draft.stores {
            var random = draft.streams.stream(.fault, index, UInt64(node))
            if let before { draft.add(UpdateProgram(node: node, version: before), at: 0) }
            let time = Int64.random(in: start..<end, using: &random)
            draft.add(UpdateProgram(node: node, version: version), at: time)
            guard Int.random(in: 0..<Self.updatesToOneFailure, using: &random) == 0 else { continue }
            let back = Int64.random(in: time..<end, using: &random)
            draft.add(UpdateProgram(node: node, version: before ?? .usual), at: back)
            draft.add(UpdateProgram(node: node, version: version), at: Int64.random(in: back..<end, using: &random))
        }
    }
}
