/// Machines have narrow bounds: little credit, small joins, short tables, a log that is soon full. Each is drawn for each machine.
struct TightBounds: Fault {
    static let kind = "tight_bounds"

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        for node in 0...draft.stores {
            var random = draft.streams.stream(.fault, index, UInt64(node))
            draft.add(
                SetBounds(
                    node: node, creditBytes: [1_024, 8_192, 65_536].randomElement(using: &random),
                    waitingBytes: [4_096, 65_536, 1 << 20].randomElement(using: &random),
                    joinedRecords: [1, 16, 512].randomElement(using: &random),
                    toldPoints: [0, 4, 64].randomElement(using: &random),
                    logFrames: [8, 64, 512].randomElement(using: &random)), at: 0)
        }
    }
}
