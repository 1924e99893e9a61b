/// What one store sold on one day, by SKU in the order of the first sale.
struct SoldQuantities {
    private(set) var entries: [(sku: Int, quantity: Int64)] = []
    private var positions: [Int: Int] = [:]

    mutating func add(_ quantity: Int64, of sku: Int) {
        if let position = positions[sku] {
            entries[position].quantity += quantity
        } else {
            positions[sku] = entries.count
            entries.append((sku: sku, quantity: quantity))
        }
    }
}
