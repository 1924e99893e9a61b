/// Decimal numbers as people write them, kept as integers: no floating point comes near money or goods.
public enum Decimals {
    /// - Parameters:
    ///   - text: digits, with a sign before and a point within them if need be: `-12.5`.
    ///   - decimals: how many digits behind the point the integer's last one is.
    /// - Returns: nil for anything else, for more decimals than that (unless they are zeros), and beyond 64 bits.
    public static func integer(_ text: String, decimals: Int) -> Int64? {
        var bytes = Array(text.utf8)[...]
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative { bytes = bytes.dropFirst() }
        let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty, whole.allSatisfy(isDigit) else { return nil }
        var fraction = parts.count == 2 ? parts[1] : []
        guard parts.count == 1 || !fraction.isEmpty, fraction.allSatisfy(isDigit) else { return nil }
        while fraction.count > decimals, fraction.last == UInt8(ascii: "0") { fraction = fraction.dropLast() }
        guard fraction.count <= decimals else { return nil }
        let digits = Array(whole) + Array(fraction) + Array(repeating: UInt8(ascii: "0"), count: decimals - fraction.count)
        return Int64(String(decoding: (isNegative ? [UInt8(ascii: "-")] : []) + digits, as: UTF8.self))
    }

    /// - Parameter trimming: whether zeros at the end of the decimals are left out.
    public static func text(_ number: Int64, decimals: Int, trimming: Bool = false) -> String {
        guard decimals > 0 else { return "\(number)" }
        var digits = String(number.magnitude)
        if digits.count <= decimals { digits = String(repeating: "0", count: decimals + 1 - digits.count) + digits }
        var fraction = digits.suffix(decimals)
        if trimming { while fraction.last == "0" { fraction = fraction.dropLast() } }
        let sign = number < 0 ? "-" : ""
        return sign + digits.dropLast(decimals) + (fraction.isEmpty ? "" : ".\(fraction)")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
