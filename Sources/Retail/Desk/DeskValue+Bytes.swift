internal import CRDT

/// As bytes in a record: a byte of kind, and what it says; counts and lengths are varints.
extension DeskValue {
    var bytes: [UInt8] {
        var writer = ByteWriter()
        write(into: &writer)
        return writer.bytes
    }

    private func write(into writer: inout ByteWriter) {
        switch self {
        case .nothing: writer.write(byte: 0)
        case .flag(let flag): writer.write(byte: flag ? 2 : 1)
        case .integer(let number):
            writer.write(byte: 3)
            writer.write(zigzag: number)
        case .text(let text):
            writer.write(byte: 4)
            writer.write(counted: text.utf8)
        case .list(let items):
            writer.write(byte: 5)
            writer.write(varint: UInt64(items.count))
            for item in items { item.write(into: &writer) }
        case .object(let members):
            writer.write(byte: 6)
            writer.write(varint: UInt64(members.count))
            for member in members {
                writer.write(counted: member.name.utf8)
                member.value.write(into: &writer)
            }
        }
    }

    /// - Returns: nil for bytes that say nothing.
    init?(bytes: [UInt8]) {
        let value = bytes.withUnsafeBytes { raw -> DeskValue? in
            var reader = ByteReader(raw)
            return try? DeskValue(reading: &reader, depth: 0)
        }
        guard let value else { return nil }
        self = value
    }

    private init(reading reader: inout ByteReader, depth: Int) throws(CodecError) {
        let start = reader.offset
        guard depth < 16 else { throw .outOfRange(offset: start) }
        switch try reader.readByte() {
        case 0: self = .nothing
        case 1: self = .flag(false)
        case 2: self = .flag(true)
        case 3: self = .integer(try reader.readZigzag())
        case 4: self = .text(try reader.readText(limit: Limits.valueBytes))
        case 5:
            var items: [DeskValue] = []
            for _ in 0..<(try reader.readCount(limit: Limits.valueBytes)) {
                items.append(try DeskValue(reading: &reader, depth: depth + 1))
            }
            self = .list(items)
        case 6:
            var members: [Member] = []
            for _ in 0..<(try reader.readCount(limit: Limits.valueBytes)) {
                let name = try reader.readText(limit: Limits.valueBytes)
                members.append(Member(name, try DeskValue(reading: &reader, depth: depth + 1)))
            }
            self = .object(members)
        default: throw .outOfRange(offset: start)
        }
    }
}
