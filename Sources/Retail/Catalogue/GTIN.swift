public import CRDT

/// A global trade item number: 8, 12, 13 or 14 digits, the last of which checks the others, kept as 14.
///
/// Source: GS1 General Specifications, sections 1.4 and 7.9.
public struct GTIN: Hashable, Sendable {
    /// Below 10^14.
    public let number: UInt64

    static let lengths: Set<Int> = [8, 12, 13, 14]

    /// - Parameter text: digits only.
    public init(_ text: String) throws(ScanCodeError) {
        let digits = Array(text.utf8)
        guard Self.lengths.contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt64(text)
        else { throw .notAGTIN(text) }
        let check = Self.checkDigit(of: digits.dropLast())
        guard digits.last.map({ Int($0) - 0x30 }) == check else { throw .wrongCheckDigit(text, expected: check) }
        self.number = number
    }

    /// How its barcode record is named.
    public var id: Identifier { Identifier(number: number, digits: 14) }

    /// Weights 3 and 1 in turn from the right, up to the next ten.
    ///
    /// - Parameter digits: ASCII, without the check digit.
    static func checkDigit(of digits: some BidirectionalCollection<UInt8>) -> Int {
        var (sum, weight) = (0, 3)
        for digit in digits.reversed() {
            sum += (Int(digit) - 0x30) * weight
            weight = 4 - weight
        }
        return (10 - sum % 10) % 10
    }
}

/// Why a code that was scanned or typed cannot be one.
public enum ScanCodeError: Error, Hashable, Sendable {
    case notAGTIN(String)
    case wrongCheckDigit(String, expected: Int)
    /// It has 1 to 40 bytes without control characters.
    case malformed
    /// Not 13 places, of digits, `I` for the item, `W` for a quantity or `P` for a price, `K` for a check of that, and `C` at last.
    case malformedPattern(String)
}
