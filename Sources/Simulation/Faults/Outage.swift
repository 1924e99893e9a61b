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
            draft.cut(store, way ?? .both, from: from.milliseconds, for: minutes.milliseconds)
        }
    }
}

extension PlanDraft {
    mutating func cut(_ store: Int, _ way: Outage.Way, from start: Int64, for milliseconds: Int64) {
        var lines: [(from: Int, to: Int)] = []
        if way != .down { lines.append((store, 0)) }
        if way != .up { lines.append((0, store)) }
        for line in lines {
            add(ChangeLine(from: line.from, to: line.to, cut: true), at: start)
            add(ChangeLine(from: line.from, to: line.to, cut: false), at: start + milliseconds)
        }
    }
}
