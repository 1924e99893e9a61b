/// How a log's file is packed, told by its first bytes.
public enum LogCompression: String, Sendable, CaseIterable {
    case gzip, zstd

    /// How many bytes of a file are enough to tell.
    static let prefixBytes = 4

    /// The bytes that every such file starts with.
    private var magic: [UInt8] {
        switch self {
        case .gzip: [0x1F, 0x8B]
        case .zstd: [0x28, 0xB5, 0x2F, 0xFD]
        }
    }

    /// The compression of a file that starts with `prefix`, or `nil` for plain text.
    ///
    /// A file shorter than the magic bytes counts as compressed if it holds their beginning (no log starts like them), so
    /// that it is reported as cut short.
    init?(prefix: some Collection<UInt8>) {
        guard !prefix.isEmpty,
            let found = LogCompression.allCases.first(where: {
                let length = min(prefix.count, $0.magic.count)
                return $0.magic.prefix(length).elementsEqual(prefix.prefix(length))
            })
        else { return nil }
        self = found
    }
}
