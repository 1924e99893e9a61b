/// Bytes that wait for a socket, in chunks. Small ones are put together, so that many small messages become few TLS records;
/// each chunk is freed when it is sent, and an empty queue holds no memory.
struct OutgoingQueue {
    /// As much as a TLS record holds.
    static let chunkBytes = 16 << 10

    private(set) var count = 0
    private var chunks: [[UInt8]] = []
    /// The chunks before this one are sent and freed.
    private var head = 0
    /// How much of the head is sent.
    private var offset = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        count += bytes.count
        if chunks.count > head, chunks[chunks.count - 1].count + bytes.count <= Self.chunkBytes {
            chunks[chunks.count - 1] += bytes
        } else {
            chunks.append(bytes)
        }
    }

    /// What is to be sent next. Until some of it is removed, it begins with the same bytes each time, as TLS demands.
    func withNext<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        guard head < chunks.count else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        return chunks[head].withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[offset...])) }
    }

    mutating func remove(_ sent: Int) {
        precondition(head < chunks.count && sent <= chunks[head].count - offset, "what was sent was there")
        count -= sent
        offset += sent
        guard offset == chunks[head].count else { return }
        chunks[head] = []
        (head, offset) = (head + 1, 0)
        if head == chunks.count {
            removeAll()
        } else if head >= 64, head * 2 > chunks.count {
            chunks.removeSubrange(..<head)
            head = 0
        }
    }

    mutating func removeAll() {
        self = OutgoingQueue()
    }
}
