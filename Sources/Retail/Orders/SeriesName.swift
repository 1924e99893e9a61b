public import CRDT

/// A run of numbers without gaps: one till's, of one legal year, of one life of its machine. Its name is what all its numbers begin
/// with: `H-26` of the till with member number 17, in 2026.
///
/// A machine that took another one's place, was restored or copied begins a series of its own, whose name ends in two characters of
/// its incarnation: it cannot know which numbers were printed before.
public struct SeriesName: Hashable, Sendable {
    /// What is numbered; papers of each kind count for themselves.
    public enum Kind: String, CaseIterable, Sendable {
        /// What a till hands out: receipts, orders, refunds.
        case document = ""
        case goodsReceipt = "R"
        case writeOff = "W"
        case transfer = "T"
        case stocktake = "C"
        /// Money that a customer pays on what is owed.
        case accountPayment = "P"
        case customer = "K"
        /// A till's business day.
        case day = "D"
    }

    public let kind: Kind
    public let member: UInt32
    /// The last two digits.
    public let year: Int
    public let suffix: String

    /// - Parameter incarnation: of a till that cannot go on where another left off.
    public init(_ kind: Kind = .document, member: UInt32, year: Int, incarnation: UInt64? = nil) {
        self.kind = kind
        self.member = member
        self.year = year % 100
        suffix = incarnation.map { Self.digits($0 % 1296, atLeast: 2) } ?? ""
    }

    /// - Parameter number: of a document, or the name alone.
    public init?(_ text: String) {
        var parts = text.split(separator: "-", omittingEmptySubsequences: false)[...]
        guard (2...3).contains(parts.count), parts.count == 2 || !parts[2].isEmpty && parts[2].allSatisfy(\.isNumber) else {
            return nil
        }
        let head = parts.removeFirst().split(separator: ".", omittingEmptySubsequences: false)
        guard let kind = head.count == 2 ? Kind(rawValue: String(head[0])) : .document, (1...2).contains(head.count),
            let till = head.last, let member = UInt32(till, radix: 36), member < 1 << 24,
            let life = parts.first, [2, 4].contains(life.count), let year = Int(life.prefix(2))
        else { return nil }
        (self.kind, self.member, self.year, suffix) = (kind, member, year, String(life.dropFirst(2)))
        // There is one way to write it.
        guard text == self.text || text.hasPrefix(self.text + "-") else { return nil }
    }

    public var text: String {
        let prefix = kind == .document ? "" : "\(kind.rawValue)."
        return "\(prefix)\(Self.digits(UInt64(member), atLeast: 1))-\(year < 10 ? "0" : "")\(year)\(suffix)"
    }

    public var id: Identifier {
        guard let id = Identifier(text) else { preconditionFailure("a series' name is short") }
        return id
    }

    /// A document's number: final as soon as it is given.
    ///
    /// - Parameter number: from 1.
    public func document(_ number: Int64) -> Identifier {
        let digits = String(number)
        let padding = String(repeating: "0", count: max(0, 6 - digits.count))
        guard let id = Identifier("\(text)-\(padding)\(digits)") else { preconditionFailure("a document's number is short") }
        return id
    }

    private static func digits(_ number: UInt64, atLeast count: Int) -> String {
        let text = String(number, radix: 36, uppercase: true)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }
}
