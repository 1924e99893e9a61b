/// The weightiest of many things, in bounded room: when there are too many, the lighter half is let go, and nothing as light is
/// taken any more.
public struct Weightiest<Item: Sendable>: Sendable {
    public private(set) var items: [Item] = []
    /// Whatever weighs less is not there.
    public private(set) var least: Int64 = 0
    /// How many are not there.
    public private(set) var omittedCount = 0
    private var weights: [Int64] = []
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    mutating func add(_ item: Item, weight: Int64) {
        guard weight >= least else {
            omittedCount += 1
            return
        }
        items.append(item)
        weights.append(weight)
        if items.count > limit { letGo() }
    }

    private mutating func letGo() {
        least = weights.sorted()[limit / 2] + 1
        let kept = items.indices.filter { weights[$0] >= least }
        omittedCount += items.count - kept.count
        (items, weights) = (kept.map { items[$0] }, kept.map { weights[$0] })
    }
}
