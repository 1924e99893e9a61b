/// The elements of an array, one after the other.
struct StrictUnkeyedContainer: UnkeyedDecodingContainer {
    let decoder: StrictDecoder
    let elements: [SourceValue]
    private(set) var currentIndex = 0

    init(decoder: StrictDecoder, elements: [SourceValue]) {
        self.decoder = decoder
        self.elements = elements
    }

    var codingPath: [any CodingKey] { decoder.codingPath }
    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex == elements.count }

    mutating func decodeNil() throws -> Bool {
        let isNull = try element().value.isNull
        if isNull { pass() }
        return isNull
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let decoded = try element().decode(type)
        pass()
        return decoded
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        let container = try element().container(keyedBy: type)
        pass()
        return container
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let container = try element().unkeyedContainer()
        pass()
        return container
    }

    mutating func superDecoder() throws -> any Decoder {
        let element = try element()
        pass()
        return element
    }

    /// A decoder of the next element.
    private func element() throws(SourceFault) -> StrictDecoder {
        guard !isAtEnd else { throw decoder.value.fault(.missingElement(index: currentIndex)) }
        return decoder.decoder(for: elements[currentIndex], at: PathKey(intValue: currentIndex))
    }

    private mutating func pass() {
        decoder.visits.note(decoder.value) { $0.read(elementAt: currentIndex) }
        currentIndex += 1
    }
}
