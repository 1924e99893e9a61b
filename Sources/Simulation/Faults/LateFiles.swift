/// Somebody carries delta files between machines: they come late, some of them twice, and some to whoever they were not written for.
struct LateFiles: Fault {
    static let kind = "late_files"

    /// In the whole chain.
    let perHour: Rate
    /// How late they come at most.
    let minutes: Minutes

    private enum CodingKeys: String, CodingKey {
        case perHour = "per_hour"
        case minutes
    }

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        var random = draft.streams.stream(.fault, index)
        for (number, time) in draft.moments(perHour: perHour.value, &random).enumerated() {
            let (file, writer) = ("F\(index)-\(number)", Int.random(in: 0...draft.stores, using: &random))
            let receiver = (writer + Int.random(in: 1...draft.stores, using: &random)) % (draft.stores + 1)
            draft.add(ExportDelta(node: writer, file: file, to: Bool.random(using: &random) ? receiver : nil), at: time)
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                let later = time + Int64.random(in: 1...max(1, minutes.milliseconds), using: &random)
                let isMistaken = Int.random(in: 0..<4, using: &random) == 0
                let node = isMistaken ? Int.random(in: 0...draft.stores, using: &random) : receiver
                draft.add(
                    ImportDelta(
                        node: node, file: file, takesShelves: Int.random(in: 0..<3, using: &random) == 0 ? true : nil,
                        recordsAtOnce: Bool.random(using: &random) ? Int.random(in: 0...40, using: &random) : nil), at: later)
            }
        }
    }
}
