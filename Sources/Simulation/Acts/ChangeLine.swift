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

    var flaw: String? {
        let limit: Int64 = 1_000_000_000
        if let delay = delayMilliseconds, delay.lowerBound < 0 || delay.upperBound > limit {
            return "delay_ms is two numbers of 0 to \(limit)"
        }
        let counts = [bytesPerSecond, largestPart.map { Int64($0) }].compactMap(\.self)
        guard counts.allSatisfy((1...limit).contains) else { return "what a line carries is 1 to \(limit) bytes" }
        return (0...limit).contains(bytesPerFlippedBit ?? 0) ? nil : "bytes_per_flipped_bit is 0 (none) to \(limit)"
    }

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
