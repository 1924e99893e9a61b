internal import CRDT
internal import Replica

extension ByteReader {
    /// 16 bytes that name a chain.
    mutating func readHash128() throws(CodecError) -> Hash128 {
        Hash128(high: try readFixed64(), low: try readFixed64())
    }

    /// A member's number: 24 bits.
    mutating func readMember() throws(CodecError) -> UInt32 {
        let start = offset
        let number = try readVarint()
        guard number < 1 << 24 else { throw .outOfRange(offset: start) }
        return UInt32(number)
    }

    mutating func readAddress() throws(CodecError) -> NodeAddress {
        let start = offset
        guard let address = NodeAddress(try readText(limit: NodeAddress.byteLimit)) else { throw .outOfRange(offset: start) }
        return address
    }

    /// An empty text for none.
    mutating func readOptionalAddress() throws(CodecError) -> NodeAddress? {
        let start = offset
        let text = try readText(limit: NodeAddress.byteLimit)
        if text.isEmpty { return nil }
        guard let address = NodeAddress(text) else { throw .outOfRange(offset: start) }
        return address
    }
}

extension [UInt8] {
    /// Reads all of the bytes as one value.
    func decoded<Value>(_ decode: (inout ByteReader) throws(CodecError) -> Value) throws(CodecError) -> Value {
        let result = withUnsafeBytes { raw -> Result<Value, CodecError> in
            Result { () throws(CodecError) in
                var reader = ByteReader(raw)
                let value = try decode(&reader)
                try reader.expectEnd()
                return value
            }
        }
        return try result.get()
    }
}
