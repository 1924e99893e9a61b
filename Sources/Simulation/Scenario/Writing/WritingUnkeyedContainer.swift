/// The elements of an array, one after the other.
struct WritingUnkeyedContainer: UnkeyedEncodingContainer {
    let node: WritingNode

    var codingPath: [any CodingKey] { [] }
    var count: Int { node.elementCount }

    func encodeNil() { node.element().set(.null) }

    func encode(_ value: some Encodable) throws { try value.encode(to: WritingEncoder(node: node.element())) }

    func nestedContainer<NestedKey: CodingKey>(keyedBy type: NestedKey.Type) -> KeyedEncodingContainer<NestedKey> {
        WritingEncoder(node: node.element()).container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { WritingEncoder(node: node.element()).unkeyedContainer() }

    func superEncoder() -> any Encoder { WritingEncoder(node: node.element()) }
}
