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
}
