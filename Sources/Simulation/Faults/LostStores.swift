/// Stores are given up: HQ says that their machines are lost, and takes over their rights once everybody has delivered what it holds
/// of them. Some are destroyed, others go on as long as they like. Later each store may sync again, with its old machine or a new one.
struct LostStores: Fault {
    static let kind = "lost_stores"

    /// At each store.
    let perHour: Rate
    /// How long it takes at most until somebody has found the machine, or set up another one.
    let minutes: Minutes

    private enum CodingKeys: String, CodingKey {
        case perHour = "per_hour"
        case minutes
    }

    /// HQ lets nobody come back whose rights it is about to take over: then it is asked again.
    private static let requests = 4

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        let longest = max(8_000, minutes.milliseconds)
        for node in 1..<draft.stores + 1 {
            var random = draft.streams.stream(.fault, index, UInt64(node))
            // It is lost once at a time.
            var isBack: Int64 = 0
            for time in draft.moments(perHour: perHour.value, &random) where time >= isBack {
                let isDestroyed = Bool.random(using: &random)
                if isDestroyed { draft.add(LosePower(node: node, keeping: .nothing), at: time) }
                let fenced = time + Int64.random(in: 0...longest / 4, using: &random)
                draft.add(FenceStore(node: node), at: fenced)
                let settled = fenced + Int64.random(in: 1_000...max(1_000, longest / 4), using: &random)
                draft.add(SettleRights(node: node), at: settled)
                let found = Int64.random(in: settled...time + longest, using: &random)
                if isDestroyed || Bool.random(using: &random) {
                    draft.add(LosePower(node: node, keeping: .nothing), at: found)
                    draft.add(ReplaceMachine(node: node), at: found + 1)
                    draft.add(SwitchOn(node: node), at: found + 100)
                }
                for request in 0..<Self.requests {
                    isBack = found + 200 + Int64(request) * longest / 4
                    draft.add(AdmitStore(node: node), at: isBack)
                }
            }
        }
    }
}
