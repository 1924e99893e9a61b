/// A change of one file's bytes that the disk may not have made durable yet.
enum FileChange: Equatable, Sendable {
    case write([UInt8], at: Int)
    case truncate(to: Int)

    func apply(to content: inout FileBytes) {
        switch self {
        case .write(let bytes, let offset):
            bytes.withUnsafeBytes { content.overwrite(at: offset, with: $0) }
        case .truncate(let length):
            content.truncate(to: length)
        }
    }

    /// What a file had where a change takes it away.
    struct Before: Sendable {
        let length: Int
        let offset: Int
        var bytes: [UInt8]

        /// Takes the change back.
        func restore(_ content: inout FileBytes) {
            content.truncate(to: length)
            bytes.withUnsafeBytes { content.overwrite(at: offset, with: $0) }
        }

        mutating func flip(_ mask: UInt8, at place: Int) {
            if (offset..<offset + bytes.count).contains(place) { bytes[place - offset] ^= mask }
        }
    }

    /// - Parameter content: the file before the change.
    func before(on content: FileBytes) -> Before {
        let range =
            switch self {
            case .write(let bytes, let offset): min(offset, content.count)..<min(offset + bytes.count, content.count)
            case .truncate(let length): min(length, content.count)..<content.count
            }
        return Before(length: content.count, offset: range.lowerBound, bytes: content.bytes(in: range))
    }

    mutating func flip(_ mask: UInt8, at place: Int) {
        guard case .write(var bytes, let offset) = self, (offset..<offset + bytes.count).contains(place) else { return }
        bytes[place - offset] ^= mask
        self = .write(bytes, at: offset)
    }
}
