/// A place in a JSON text that somebody writes to: several containers may share one.
final class WritingNode {
    private enum Content {
        case single(WrittenValue)
        case array([WritingNode])
        case object([(key: String, node: WritingNode)])
    }

    private var content = Content.single(.null)

    /// What was written so far.
    var value: WrittenValue {
        switch content {
        case .single(let value): value
        case .array(let elements): .array(elements.map(\.value))
        case .object(let members): .object(members.map { WrittenValue.Member(key: $0.key, value: $0.node.value) })
        }
    }

    var elementCount: Int {
        if case .array(let elements) = content { elements.count } else { 0 }
    }

    func set(_ value: WrittenValue) { content = .single(value) }

    func becomeArray() {
        if case .array = content { return }
        content = .array([])
    }

    func becomeObject() {
        if case .object = content { return }
        content = .object([])
    }

    /// - Returns: a new last element.
    func element() -> WritingNode {
        guard case .array(let elements) = content else { preconditionFailure("an element of what is no array") }
        let node = WritingNode()
        content = .array(elements + [node])
        return node
    }

    /// - Returns: a new last member.
    func member(_ key: some CodingKey) -> WritingNode {
        guard case .object(let members) = content else { preconditionFailure("a member of what is no object") }
        let node = WritingNode()
        content = .object(members + [(key.stringValue, node)])
        return node
    }
}
