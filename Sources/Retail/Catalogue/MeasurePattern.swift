public import CRDT

/// How a chain's scales print a weight or a price into a barcode: a pattern such as `21IIIIIWWWWWC`, of 13 places.
///
/// Digits stand for themselves, `I` for the item's code, `W` for a quantity in the article's smallest unit, `P` for a price in minor
/// units, `K` for a digit that checks those and is not looked at, and the `C` at the end for the check digit. GS1 leaves prefixes
/// 02 and 20 to 29 to each shop for this.
public struct MeasurePattern: Hashable, Sendable {
    public let text: String

    public init(_ text: String) throws(ScanCodeError) {
        let places = Array(text)
        let isFormed =
            places.count == 13 && places.last == "C" && places.dropLast().allSatisfy { "0123456789IWPK".contains($0) }
        let kinds = Set(places.filter { $0 == "W" || $0 == "P" })
        guard isFormed, text.hasPrefix("2") || text.hasPrefix("02"), places.contains("I"), kinds.count == 1,
            Self.isOneRun("I", in: places), kinds.allSatisfy({ Self.isOneRun($0, in: places) })
        else { throw .malformedPattern(text) }
        self.text = text
    }

    private static func isOneRun(_ letter: Character, in places: [Character]) -> Bool {
        guard let first = places.firstIndex(of: letter), let last = places.lastIndex(of: letter) else { return false }
        return places[first...last].allSatisfy { $0 == letter }
    }

    /// What a label says: the code under which its article is filed, and how much of it there is.
    public struct Label: Hashable, Sendable {
        public enum Measure: Hashable, Sendable {
            /// Of the article's smallest unit.
            case quantity(Int64)
            /// Minor units.
            case price(Int64)
        }

        /// The pattern's digits before the item, and the item's.
        public let code: Identifier
        public let measure: Measure
    }

    /// - Parameter digits: 13, whose check digit is right.
    /// - Returns: nil if they are not of this pattern.
    public func label(_ digits: String) -> Label? {
        guard digits.utf8.count == 13 else { return nil }
        var (code, measure) = ("", "")
        var isPrice = false
        for (place, digit) in zip(text, digits) {
            switch place {
            case "I": code.append(digit)
            case "W": measure.append(digit)
            case "P":
                measure.append(digit)
                isPrice = true
            case "K", "C": continue
            default:
                guard place == digit else { return nil }
                code.append(digit)
            }
        }
        guard let id = Identifier(code), let amount = Int64(measure) else { return nil }
        return Label(code: id, measure: isPrice ? .price(amount) : .quantity(amount))
    }
}
