extension GeneratedTrade {
    private static let tiers = ["bronze", "silver", "gold"]
    private static let tags = ["newsletter", "vip", "b2b", "gluten-free", "student", "senior", "claims", "app"]

    /// Draws an edit of a customer's record at a store and, one time in five, others that are concurrent with it.
    mutating func drawEdits(of customer: Int, at time: Int64, store: Int) {
        let name = storeNames[store]
        var edit = LogCustomerEdit(id: TradeCustomers.id(customer))
        if known.insert(customer).inserted {
            edit.phone = drawPhone()
            edit.tier = GeneratedTrade.tiers[0]
            edit.home = name
        } else if random.chance(0.6) {
            edit.phone = drawPhone()
        } else {
            edit.tier = drawTier()
        }
        if random.chance(0.3) { edit.tagsAdded = [drawTag()] }
        if random.chance(0.1) { edit.tagsRemoved = [drawTag()] }
        if random.chance(0.2) {
            lastGroup += 1
            edit.group = lastGroup
            for _ in 0..<random.integer(1...3) { drawConcurrentEdit(of: edit.id, with: name, at: time) }
        }
        push(.customer(edit), at: time, replica: name)
    }

    /// Draws an edit that knows nothing of the one at `store`, up to half an hour before or after it.
    private mutating func drawConcurrentEdit(of customer: String, with store: String, at time: Int64) {
        let isCentral = random.chance(0.5)
        let replica = isCentral ? GeneratedTrade.headquarters : drawStore()
        if replica == store { return }
        var edit = LogCustomerEdit(id: customer, group: lastGroup)
        if random.chance(0.5) { edit.phone = drawPhone() } else { edit.tier = drawTier() }
        if random.chance(0.3) { edit.points = random.integer(-50...200) }
        if random.chance(0.3) { edit.tagsAdded = [drawTag()] }
        if random.chance(0.2) { edit.tagsRemoved = [drawTag()] }
        push(.customer(edit), at: time + random.integer(-1_800_000...1_800_000), replica: replica)
    }

    private mutating func drawPhone() -> String {
        "+49" + decimal(Int(random.integer(100_000_000...1_000_000_000)), digits: 10)
    }

    private mutating func drawTier() -> String { GeneratedTrade.tiers[Int(random.integer(0...2))] }

    private mutating func drawTag() -> String { GeneratedTrade.tags[Int(random.integer(0...7))] }

    private mutating func drawStore() -> String { storeNames[Int(random.integer(0...Int64(shape.stores - 1)))] }
}
