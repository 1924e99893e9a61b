internal import CRDT

/// What the digests of some origins have changed by since they were last settled.
struct DigestChanges {
    private var differences: [(origin: Origin, sum: Hash128)] = []

    mutating func add(_ hash: Hash128, to origin: Origin) {
        differences[index(of: origin)].sum += hash
    }

    mutating func subtract(_ hash: Hash128, from origin: Origin) {
        differences[index(of: origin)].sum -= hash
    }

    /// Hands every difference out and begins anew.
    mutating func drain(_ visit: (Origin, Hash128) -> Void) {
        for (origin, sum) in differences { visit(origin, sum) }
        differences.removeAll(keepingCapacity: true)
    }

    /// Few origins change between two settlements, and the last ones are asked for most.
    private mutating func index(of origin: Origin) -> Int {
        if let index = differences.lastIndex(where: { $0.origin == origin }) { return index }
        differences.append((origin, .zero))
        return differences.count - 1
    }
}
