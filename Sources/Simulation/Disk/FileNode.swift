internal import CSQLite

/// One file, with or without a name: what programs read from it, and what was changed since it was last durable.
///
/// Invariant: `content` with every change of `pending` taken back, the last one first, is what is durable. A file that never
/// had a name cannot survive, so its changes are not kept.
struct FileNode: Sendable {
    struct ID: Hashable, Sendable {
        let index: Int
    }

    /// What SQLite opened the file as; by it a read is known to be one of a page.
    enum Kind: Sendable {
        case database, log, journal, other

        init(openFlags: Int32) {
            if openFlags & SQLITE_OPEN_MAIN_DB != 0 {
                self = .database
            } else if openFlags & SQLITE_OPEN_WAL != 0 {
                self = .log
            } else if openFlags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL) != 0 {
                self = .journal
            } else {
                self = .other
            }
        }
    }

    /// A change that a power cut may take back.
    struct Pending: Sendable {
        let sequence: Int
        var change: FileChange
        fileprivate var before: FileChange.Before
    }

    private(set) var content: FileBytes
    private(set) var pending: [Pending] = []
    private(set) var pageReads: [Int: Int] = [:]
    var kind = Kind.other
    /// Whether a name leads to the file now.
    var isLinked: Bool
    var openCount = 0
    /// Whether the next sync is one of the directory too.
    var owesDirectorySync = false
    var locks = FileLocks()
    var sharedMemory = SharedMemory()
    private let isNamed: Bool

    init(content: FileBytes = FileBytes(), isNamed: Bool) {
        self.content = content
        self.isNamed = isNamed
        isLinked = isNamed
    }

    /// Copies what there is from `offset` on, fills the rest with zeros, and gives the number of bytes that there were.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
        countPage(offset: offset, byteCount: buffer.count)
        let available = max(0, min(buffer.count, content.count - offset))
        if available > 0 {
            content.copy(from: offset, to: UnsafeMutableRawBufferPointer(rebasing: buffer[..<available]))
        }
        if available < buffer.count {
            UnsafeMutableRawBufferPointer(rebasing: buffer[available...]).initializeMemory(as: UInt8.self, repeating: 0)
        }
        return available
    }

    mutating func write(_ bytes: UnsafeRawBufferPointer, at offset: Int, sequence: Int) {
        if isNamed { note(.write([UInt8](bytes), at: offset), sequence) }
        content.overwrite(at: offset, with: bytes)
    }

    mutating func truncate(to length: Int, sequence: Int) {
        let change = FileChange.truncate(to: length)
        if isNamed { note(change, sequence) }
        change.apply(to: &content)
    }

    private mutating func note(_ change: FileChange, _ sequence: Int) {
        pending.append(Pending(sequence: sequence, change: change, before: change.before(on: content)))
    }

    /// What a power cut leaves at least.
    var durable: FileBytes {
        pending.reversed().reduce(into: content) { durable, pending in pending.before.restore(&durable) }
    }

    /// Makes every change durable.
    mutating func sync() {
        pending.removeAll(keepingCapacity: true)
    }

    /// Flips bits at rest: in what is read, in what is durable and in what will become durable.
    mutating func flip(_ mask: UInt8, at offset: Int) {
        if offset < content.count { content[offset] ^= mask }
        for index in pending.indices {
            pending[index].change.flip(mask, at: offset)
            pending[index].before.flip(mask, at: offset)
        }
    }

    mutating func resetPageReads() {
        pageReads.removeAll(keepingCapacity: true)
    }

    /// Counts a read that fetches exactly one page; probes of a header and scans of whole log frames are none.
    ///
    /// A page's number is its place in a database, and stands in the frame's header in a log ("Database File Format",
    /// sections 1.3.2, 4.1 and 4.2).
    private mutating func countPage(offset: Int, byteCount: Int) {
        switch kind {
        case .database:
            guard content.count >= 100, byteCount == pageByteCount, offset % byteCount == 0 else { return }
            pageReads[offset / byteCount + 1, default: 0] += 1
        case .log:
            guard content.count >= 32, byteCount == bigEndian32(at: 8), offset >= 56, offset <= content.count,
                (offset - 56) % (byteCount + 24) == 0
            else { return }
            pageReads[bigEndian32(at: offset - 24), default: 0] += 1
        case .journal, .other: return
        }
    }

    /// The page size that a database's header states; 1 stands for 65,536.
    private var pageByteCount: Int {
        let stated = Int(content[16]) << 8 | Int(content[17])
        return stated == 1 ? 65_536 : stated
    }

    private func bigEndian32(at offset: Int) -> Int {
        (offset..<offset + 4).reduce(0) { $0 << 8 | Int(content[$1]) }
    }
}
