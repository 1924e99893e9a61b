/// A value as it stands. The numbers' own `encode(to:)` end here.
struct WritingSingleValueContainer: SingleValueEncodingContainer {
    let node: WritingNode

    var codingPath: [any CodingKey] { [] }

    func encodeNil() { node.set(.null) }

    func encode(_ value: Bool) { node.set(.boolean(value)) }

    func encode(_ value: String) { node.set(.text(value)) }

    func encode(_ value: some BinaryInteger & Encodable) { node.set(.integer(Int128(value))) }

    func encode(_ value: some BinaryFloatingPoint & Encodable) { node.set(.real(Double(value))) }

    func encode(_ value: some Encodable) throws { try value.encode(to: WritingEncoder(node: node)) }
}
