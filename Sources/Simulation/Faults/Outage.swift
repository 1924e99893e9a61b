/// The lines of some stores to HQ are cut for a while, both ways or one.
struct Outage: Fault {
    static let kind = "outage"

    enum Way: String, Decodable, CaseIterable, Sendable {
        case both
        /// What the stores send does not arrive.
        case up
        /// What HQ sends does not arrive.
        case down
    }

    /// By number, from 1; all if none is named.
    let stores: [Int]?
    let from: Minutes
    let minutes: Minutes
    let way: Way?

    var nodes: [Int] { stores ?? [] }

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        for store in stores ?? Array(1..<draft.stores + 1) {
            draft.cut(between: store, 0, way ?? .both, from: from.milliseconds, for: minutes.milliseconds)
        }
    }
}

extension PlanDraft {
    /// - Parameter way: up is from the first to the second.
    mutating func cut(
        between one: Int, _ other: Int, _ way: Outage.Way = .both, from start: Int64, for milliseconds: Int64
    ) {
        var lines: [(from: Int, to: Int)] = []
        if way != .down { lines.append((one, other)) }
        if way != .up { lines.append((other, one)) }
        for line in lines {
            add(ChangeLine(from: line.from, to: line.to, cut: true), at: start)
            add(ChangeLine(from: line.from, to: line.to, cut: false), at: start + milliseconds)
        }
    }
}
