/// Which stores dial each other, besides HQ: of two the one with the lower number. So stores whose line to HQ is cut go on with each
/// other, and whoever still has one brings what they share to HQ.
public struct Neighbours: Hashable, Sendable {
    /// By store: those that it dials, ascending.
    private var dialled: [Int: [Int]] = [:]

    public init() {}

    public init(_ pairs: some Sequence<(Int, Int)>) {
        for (one, other) in pairs where one != other {
            let (low, high) = (min(one, other), max(one, other))
            if !self[low].contains(high) { dialled[low] = (self[low] + [high]).sorted() }
        }
    }

    /// Each store and the next one, and the last one and the first.
    static func ring(of stores: Int) -> [(Int, Int)] { (1..<stores + 1).map { ($0, $0 % stores + 1) } }

    /// All of a group and each other.
    static func island(_ stores: [Int]) -> [(Int, Int)] {
        stores.indices.flatMap { index in stores[(index + 1)...].map { (stores[index], $0) } }
    }

    /// Whom a store dials besides HQ.
    public subscript(store: Int) -> [Int] { dialled[store] ?? [] }

    /// By machine, HQ first, those that dial it and those that it dials: ascending.
    func partners(amongStores stores: Int) -> [[Int]] {
        var partners = [Array(1..<stores + 1)] + Array(repeating: [0], count: stores)
        for (one, other) in pairs {
            partners[one].append(other)
            partners[other].append(one)
        }
        return partners.map { $0.sorted() }
    }

    /// Ascending.
    public var pairs: [(one: Int, other: Int)] {
        dialled.keys.sorted().flatMap { store in self[store].map { (store, $0) } }
    }
}
