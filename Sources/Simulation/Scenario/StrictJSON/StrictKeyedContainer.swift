/// The members of an object, by key.
struct StrictKeyedContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: StrictDecoder
    let object: SourceObject

    var codingPath: [any CodingKey] { decoder.codingPath }
    /// Looking through the keys asks for none of them.
    var allKeys: [Key] { object.members.compactMap { Key(stringValue: $0.key) } }

    func contains(_ key: Key) -> Bool { ask(key) != nil }

    func decodeNil(forKey key: Key) throws -> Bool { try member(key).isNull }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try decoder(for: key).decode(type)
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try decoder(for: key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder(for: key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { try decoder(for: PathKey.superclass) }

    func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(for: key) }

    private func decoder(for key: some CodingKey) throws(SourceFault) -> StrictDecoder {
        decoder.decoder(for: try member(key), at: key)
    }

    private func member(_ key: some CodingKey) throws(SourceFault) -> SourceValue {
        guard let value = ask(key) else { throw decoder.value.fault(.missingKey(key.stringValue)) }
        return value
    }

    private func ask(_ key: some CodingKey) -> SourceValue? {
        decoder.visits.note(decoder.value) { $0.ask(key.stringValue) }
        return object[key.stringValue]?.value
    }
}
