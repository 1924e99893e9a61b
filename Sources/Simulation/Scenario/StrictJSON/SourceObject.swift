/// The members of an object as they were written, each key once.
struct SourceObject {
    private(set) var members: [Member] = []
    private var indices: [String: Int] = [:]

    struct Member {
        let key: String
        /// The byte at which the key's quotation mark stands.
        let keyOffset: Int
        let value: SourceValue
    }

    /// Expected O(1).
    subscript(key: String) -> Member? {
        indices[key].map { members[$0] }
    }

    mutating func append(_ member: Member) {
        precondition(indices.updateValue(members.count, forKey: member.key) == nil, "the parser refuses a repeated key")
        members.append(member)
    }
}
