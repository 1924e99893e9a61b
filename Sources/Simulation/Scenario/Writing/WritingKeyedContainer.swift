/// The members of an object, in the order in which they come.
struct WritingKeyedContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: WritingNode

    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) { node.member(key).set(.null) }

    func encode(_ value: some Encodable, forKey key: Key) throws {
        try value.encode(to: WritingEncoder(node: node.member(key)))
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
        WritingEncoder(node: node.member(key)).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        WritingEncoder(node: node.member(key)).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { WritingEncoder(node: node.member(PathKey.superclass)) }

    func superEncoder(forKey key: Key) -> any Encoder { WritingEncoder(node: node.member(key)) }
}
