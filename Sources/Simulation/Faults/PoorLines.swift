/// All lines are slow, narrow, cut what they carry into small parts, or turn bits over.
struct PoorLines: Fault {
    static let kind = "poor_lines"

    /// The longest that a part takes, in milliseconds; the shortest is a tenth.
    let delayMilliseconds: Amount?
    let bytesPerSecond: Amount?
    /// Parts that arrive together are no longer than this: 1 delivers single bytes.
    let largestPart: Amount?
    /// One bit of so many kilobytes is wrong; the connection ends there, as TLS ends it.
    let kilobytesPerFlippedBit: Amount?

    private enum CodingKeys: String, CodingKey {
        case delayMilliseconds = "delay_ms"
        case bytesPerSecond = "bytes_per_second"
        case largestPart = "largest_part"
        case kilobytesPerFlippedBit = "kilobytes_per_flipped_bit"
    }

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        let delay = delayMilliseconds.map { Int64($0.value / 10)...Int64($0.value) }
        for (one, other) in draft.lines {
            for (from, to) in [(other, one), (one, other)] {
                draft.add(
                    ChangeLine(
                        from: from, to: to, delayMilliseconds: delay, bytesPerSecond: bytesPerSecond.map { Int64($0.value) },
                        largestPart: largestPart?.value,
                        bytesPerFlippedBit: kilobytesPerFlippedBit.map { Int64($0.value) * 1024 }), at: 0)
            }
        }
    }
}
