public import CRDT
internal import Replica

/// What a scanned or typed code stands for.
public struct Scan: Hashable, Sendable {
    public enum Amount: Hashable, Sendable {
        /// Of the article's smallest unit.
        case quantity(Int64)
        /// Minor units, for whatever quantity that buys.
        case price(Int64)
    }

    public let sku: Identifier
    public let amount: Amount

    public init(sku: Identifier, amount: Amount) {
        (self.sku, self.amount) = (sku, amount)
    }
}

extension RecordReader {
    /// Finds the article that a code stands for: a GTIN, the label of a scale, any other code that is on file, or the article's own
    /// number.
    ///
    /// - Parameter store: whose drafts count, too.
    /// - Throws: `CatalogueError` for a wrong check digit, or a code that nobody knows.
    public func scan(_ text: String, at store: UInt32) throws -> Scan {
        guard let typed = PlainText.identifier(text) else { throw CatalogueError.scan(.malformed) }
        if let scan = try barcode(typed, at: store) { return scan }
        if try article(typed, at: store) != nil { return Scan(sku: typed, amount: .quantity(1)) }
        guard GTIN.lengths.contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw CatalogueError.unknownCode(text)
        }
        let gtin: GTIN
        do {
            gtin = try GTIN(text)
        } catch {
            throw CatalogueError.scan(error)
        }
        if let scan = try barcode(gtin.id, at: store) { return scan }
        for label in try measurePatterns().compactMap({ $0.label(text) }) {
            guard let scan = try barcode(label.code, at: store) else { continue }
            switch label.measure {
            case .quantity(let quantity): return Scan(sku: scan.sku, amount: .quantity(quantity))
            case .price(let amount): return Scan(sku: scan.sku, amount: .price(amount))
            }
        }
        throw CatalogueError.unknownCode(text)
    }

    /// Ascending.
    public func measurePatterns() throws -> [MeasurePattern] {
        try record(RetailSchema.settingsKey).elements(RetailSchema.Settings.measurePatterns).entries.compactMap { entry in
            guard case .identifier(let text) = entry.element else { return nil }
            return try? MeasurePattern("\(text)")
        }
    }

    private func barcode(_ code: Identifier, at store: UInt32) throws -> Scan? {
        for scope in [.chain, Scope(.books, of: store)] {
            let target = try record(RetailSchema.barcode(code, in: scope)).value(RetailSchema.Barcode.target)
            guard let items = TupleReader(target, atLeast: 2), let sku = items.identifier(0), let quantity = items.integer(1)
            else { continue }
            return Scan(sku: sku, amount: .quantity(quantity))
        }
        return nil
    }
}
