/// A change of one file's bytes that the disk may not have made durable yet.
enum FileChange: Equatable, Sendable {
    case write([UInt8], at: Int)
    case truncate(to: Int)

    func apply(to content: inout [UInt8]) {
        switch self {
        case .write(let bytes, let offset):
            bytes.withUnsafeBytes { content.overwrite(at: offset, with: $0) }
        case .truncate(let length):
            if length < content.count { content.removeLast(content.count - length) }
        }
    }
}

extension [UInt8] {
    /// Writes as a file does: past the end it grows, and what lies between is zero.
    mutating func overwrite(at offset: Int, with bytes: UnsafeRawBufferPointer) {
        if offset > count { append(contentsOf: repeatElement(0, count: offset - count)) }
        let inside = Swift.min(bytes.count, count - offset)
        if inside > 0 {
            withUnsafeMutableBytes { content in
                UnsafeMutableRawBufferPointer(rebasing: content[offset..<offset + inside])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<inside]))
            }
        }
        if inside < bytes.count { append(contentsOf: bytes[inside...]) }
    }
}
