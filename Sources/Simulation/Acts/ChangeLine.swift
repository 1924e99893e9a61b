/// A line becomes worse or better, one way; what is not said stays. Cuts add up: a line that two outages have cut is whole when
/// both are over.
struct ChangeLine: Act {
    static let kind = "change_line"

    let from: Int
    let to: Int
    var cut: Bool?
    var delayMilliseconds: ClosedRange<Int64>?
    var bytesPerSecond: Int64?
    var largestPart: Int?
    var bytesPerFlippedBit: Int64?

    private enum CodingKeys: String, CodingKey {
        case from, to, cut
        case delayMilliseconds = "delay_ms"
        case bytesPerSecond = "bytes_per_second"
        case largestPart = "largest_part"
        case bytesPerFlippedBit = "bytes_per_flipped_bit"
    }

    var nodes: [Int] { [from, to] }

    func perform(in laboratory: Laboratory) throws -> Bool {
        let before = laboratory.world.condition(from: from, to: to)
        var condition = before
        if let cut { condition.isCut = laboratory.countCut(cut ? 1 : -1, from: from, to: to) > 0 }
        if let delayMilliseconds { condition.delay = delayMilliseconds }
        if let bytesPerSecond { condition.bytesPerSecond = bytesPerSecond }
        if let largestPart { condition.largestPart = largestPart }
        if let bytesPerFlippedBit { condition.bytesPerFlippedBit = bytesPerFlippedBit }
        laboratory.world.set(condition, from: from, to: to)
        return condition != before
    }
}
