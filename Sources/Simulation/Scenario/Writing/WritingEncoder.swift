/// Makes a `WrittenValue` of whatever is `Encodable`: what `StrictJSON` reads.
struct WritingEncoder: Encoder {
    let node: WritingNode

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        node.becomeObject()
        return KeyedEncodingContainer(WritingKeyedContainer(node: node))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        node.becomeArray()
        return WritingUnkeyedContainer(node: node)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { WritingSingleValueContainer(node: node) }
}
