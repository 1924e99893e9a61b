/// An edit of a customer's record: whatever is `nil` or empty stays as it was.
public struct LogCustomerEdit: Sendable, Hashable {
    /// The customer's id.
    public var id: String
    /// New value of a last-writer-wins field; an empty text clears it.
    public var phone: String?
    /// New value of a last-writer-wins field.
    public var tier: String?
    /// New value of a last-writer-wins field: the name of the home store.
    public var home: String?
    /// Loyalty points to add to the customer's counter; may be negative.
    public var points: Int64?
    /// Tags to add to the add-wins set.
    public var tagsAdded: [String]
    /// Tags to remove: of each, the adds that the editing replica has seen, so not those of its own group.
    public var tagsRemoved: [String]
    /// Edits of one group are concurrent: none of their replicas has seen the others' edits.
    public var group: Int64?

    public init(
        id: String, phone: String? = nil, tier: String? = nil, home: String? = nil, points: Int64? = nil,
        tagsAdded: [String] = [], tagsRemoved: [String] = [], group: Int64? = nil
    ) {
        self.id = id
        self.phone = phone
        self.tier = tier
        self.home = home
        self.points = points
        self.tagsAdded = tagsAdded
        self.tagsRemoved = tagsRemoved
        self.group = group
    }
}
