/// What a quantity of an article counts, in its smallest unit: 1.25 kg are 1250.
public enum Unit: Int64, CaseIterable, Sendable {
    case piece = 0
    case gram = 1
    case millilitre = 2
    case millimetre = 3

    /// For so many of the smallest unit a price is said: per piece, per kilogram, per litre, per metre.
    public var priced: Int64 { self == .piece ? 1 : 1000 }

    public var name: String {
        switch self {
        case .piece: "piece"
        case .gram: "gram"
        case .millilitre: "millilitre"
        case .millimetre: "millimetre"
        }
    }

    public init?(name: String) {
        guard let unit = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = unit
    }

    /// What people write behind a number, with how many smallest units and decimals that makes; the first one is what is shown.
    var symbols: [(symbol: String, decimals: Int)] {
        switch self {
        case .piece: [("pcs", 0), ("pc", 0), ("x", 0)]
        case .gram: [("kg", 3), ("g", 0)]
        case .millilitre: [("l", 3), ("ml", 0)]
        case .millimetre: [("m", 3), ("cm", 1), ("mm", 0)]
        }
    }

    /// The most of anything that one line may name.
    public static let quantityLimit: Int64 = 1_000_000_000

    /// A quantity as people write it: `3`, `1.25 kg`, `300g`. Without a unit it is in the smallest one.
    public func quantity(_ text: String) throws(QuantityError) -> Int64 {
        let parts = text.filter { $0 != " " }
        let number = parts.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "-") }
        let symbol = String(parts.dropFirst(number.count))
        guard !number.isEmpty else { throw .notANumber(text) }
        var decimals = 0
        if !symbol.isEmpty {
            guard let known = symbols.first(where: { $0.symbol == symbol }) else { throw .wrongUnit(text, expected: self) }
            decimals = known.decimals
        }
        guard let quantity = Decimals.integer(String(number), decimals: decimals) else { throw .notANumber(text) }
        guard (-Self.quantityLimit...Self.quantityLimit).contains(quantity) else { throw .tooMuch(limit: Self.quantityLimit) }
        return quantity
    }

    /// A quantity as people read it: `3`, `1.25 kg`.
    public func text(_ quantity: Int64) -> String {
        guard self != .piece else { return "\(quantity)" }
        return "\(Decimals.text(quantity, decimals: symbols[0].decimals, trimming: true)) \(symbols[0].symbol)"
    }
}

/// Why a text is no quantity of an article.
public enum QuantityError: Error, Hashable, Sendable {
    case notANumber(String)
    case wrongUnit(String, expected: Unit)
    case tooMuch(limit: Int64)
}
