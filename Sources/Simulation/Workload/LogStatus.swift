/// The status of an order in a recorded log.
///
/// `new` < `paid` < `done` < `settled`, `returned` < `audited`: `settled` and `returned` are two ways on from `done` and
/// neither lies behind the other. An order starts as `new`; a log may skip a status but never goes back.
public enum LogStatus: String, Sendable, CaseIterable {
    case new, paid, done, settled, returned, audited

    /// Whether a log may say `next` of an order that has this status: the same, one further on, or the other branch.
    public func mayBecome(_ next: LogStatus) -> Bool { next.rank >= rank }

    /// The distance from `new`, alike for the two branches.
    private var rank: Int {
        switch self {
        case .new: 0
        case .paid: 1
        case .done: 2
        case .settled, .returned: 3
        case .audited: 4
        }
    }
}
