internal import CZlib

/// CRC-32 (ISO 3309), by zlib: finds every short burst of damage, and is no protection against anyone.
struct Checksum: Hashable {
    private(set) var value: UInt32 = 0

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
            let sum = crc32(UInt(value), part.bindMemory(to: UInt8.self).baseAddress, UInt32(part.count))
            value = UInt32(truncatingIfNeeded: sum)
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(part.count))
        }
    }

    mutating func add(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { add($0) }
    }
}
