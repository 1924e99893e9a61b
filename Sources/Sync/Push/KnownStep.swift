/// A step that a context knows, and the ones that came after it: the last one first.
struct KnownStep: Hashable {
    var step: PushStep
    var successors = SIMD4<UInt8>(repeating: 0)

    func rank(of successor: UInt8) -> Int? {
        successors.indices.first { successors[$0] == successor }
    }

    mutating func moveToFront(_ successor: UInt8) {
        let rank = rank(of: successor) ?? 3
        for index in stride(from: rank, to: 0, by: -1) { successors[index] = successors[index - 1] }
        successors[0] = successor
    }
}
