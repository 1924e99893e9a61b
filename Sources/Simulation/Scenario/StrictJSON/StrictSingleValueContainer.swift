/// A value as it stands. The numbers' own `init(from:)` end here.
struct StrictSingleValueContainer: SingleValueDecodingContainer {
    let decoder: StrictDecoder

    var codingPath: [any CodingKey] { decoder.codingPath }

    func decodeNil() -> Bool { decoder.value.isNull }

    func decode(_: Bool.Type) throws -> Bool { try decoder.value.boolean() }

    func decode(_: String.Type) throws -> String { try decoder.value.text() }

    func decode<Integer: FixedWidthInteger & Decodable>(_ type: Integer.Type) throws -> Integer {
        try decoder.value.integer(type)
    }

    func decode<Number: BinaryFloatingPoint & Decodable>(_ type: Number.Type) throws -> Number {
        try decoder.value.floatingPoint(type)
    }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try decoder.decodePart(type) }
}
