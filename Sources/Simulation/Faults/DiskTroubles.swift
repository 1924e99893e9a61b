/// Disks refuse what they are asked: once, from some moment on, for want of room, or because they take nothing any more.
struct DiskTroubles: Fault {
    static let kind = "disk_troubles"

    enum Way: String, CaseIterable, Codable, Sendable {
        case error, errors, full
        case readOnly = "read_only"
    }

    /// At each machine, HQ included.
    let perHour: Rate
    /// How long it lasts at most.
    let minutes: Minutes
    /// Each time one of them; all, if it is not said.
    let ways: [Way]?

    private enum CodingKeys: String, CodingKey {
        case perHour = "per_hour"
        case minutes, ways
    }

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        for node in 0...draft.stores {
            var random = draft.streams.stream(.fault, index, UInt64(node))
            for time in draft.moments(perHour: perHour.value, &random) {
                trouble((ways ?? Way.allCases).randomElement(using: &random) ?? .error, node, time, &draft, &random)
                draft.add(MendDisk(node: node), at: time + Int64.random(in: 1...max(1, minutes.milliseconds), using: &random))
            }
        }
    }

    private func trouble(_ way: Way, _ node: Int, _ time: Int64, _ draft: inout PlanDraft, _ random: inout SeededRandom) {
        switch way {
        case .error, .errors:
            draft.add(
                FailDisk(
                    node: node, effect: way == .error ? .error : .errorsFromThenOn,
                    after: Int.random(in: 0..<40, using: &random),
                    operations: FailDisk.Operations.allCases.randomElement(using: &random)), at: time)
        case .full: draft.add(ChangeDisk(node: node, freeKilobytes: Int.random(in: 0..<200, using: &random)), at: time)
        case .readOnly: draft.add(ChangeDisk(node: node, isReadOnly: true), at: time)
        }
    }
}
