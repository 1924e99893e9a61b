/// What was said before in one place, and what is expected there next.
struct NumberModel: Hashable {
    /// How the value was predicted the last time.
    var choice: UInt8 = 0
    /// Of the last id: its class, by its place in the context; 0 for text.
    var idClass: UInt8 = 0
    /// By width slot (`PushWidth`), four times the running mean of the numbers' widths, in bits.
    var widths = SIMD4<UInt8>(repeating: 0)
    /// The last value, or the number of the last id.
    var last: UInt64 = 0

    /// How many low bits the next number is expected to leave unpredicted.
    func shift(_ slot: Int) -> UInt64 { UInt64(widths[slot] >> 2) }

    mutating func learn(_ value: UInt64, _ slot: Int) {
        let width = 64 - value.leadingZeroBitCount
        widths[slot] = UInt8(min(255, Int(widths[slot]) - Int(widths[slot] >> 2) + width))
    }

    /// The bits that a number would take.
    func cost(_ value: UInt64, _ slot: Int) -> Int {
        let quotient = value >> shift(slot)
        let width = 64 - quotient.leadingZeroBitCount
        return width + 1 + max(0, width - 1) + Int(shift(slot))
    }
}
