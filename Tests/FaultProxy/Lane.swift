/// The bytes of one direction of a connection, on their way through a proxy. Knows neither sockets nor clocks.
public struct Lane {
    public private(set) var isCutDue = false
    /// How many bytes have come in.
    public private(set) var place = 0
    public private(set) var waitingCount = 0
    private var waiting: [(due: Int64, bytes: [UInt8])] = []
    /// Kept for a replay.
    private var recorded: [UInt8] = []
    /// The place of the first of them.
    private var recordedFrom = 0
    /// Until when the throttle holds everything back.
    private var isFreeAt: Int64 = 0

    public init() {}

    public var isEmpty: Bool { waiting.isEmpty }

    /// Takes bytes in, and does to them what is to be done by their places.
    public mutating func put(_ bytes: [UInt8], at now: Int64, _ faults: LaneFaults) {
        var bytes = bytes
        if faults.cut != nil, place + bytes.count >= faults.cutPlace {
            bytes = Array(bytes.prefix(max(0, faults.cutPlace - place)))
            isCutDue = true
        }
        let range = place..<(place + bytes.count)
        for flip in faults.flips where range.contains(flip.place) { bytes[flip.place - place] ^= 1 << (flip.bit & 7) }
        place = range.upperBound
        guard !faults.swallows else { return }
        if let replay = faults.replay?.range {
            // What passed before this fault was ordered is not there to be sent again.
            if recordedFrom + recorded.count != range.lowerBound { (recorded, recordedFrom) = ([], range.lowerBound) }
            recorded += bytes
            let isThere = replay.lowerBound >= recordedFrom
            if isThere, range.lowerBound < replay.upperBound, range.upperBound >= replay.upperBound {
                let split = replay.upperBound - range.lowerBound
                let again = recorded[(replay.lowerBound - recordedFrom)..<(replay.upperBound - recordedFrom)]
                bytes = Array(bytes[..<split] + again + bytes[split...])
            }
        }
        guard !bytes.isEmpty else { return }
        waiting.append((now + faults.delayMilliseconds, bytes))
        waitingCount += bytes.count
    }

    /// When the next bytes may leave; nil if none wait.
    public var nextTime: Int64? { waiting.first.map { max($0.due, isFreeAt) } }

    /// What may leave now; call `remove` with how much of it did.
    public func ready(at now: Int64, _ faults: LaneFaults) -> ArraySlice<UInt8> {
        guard let first = waiting.first, let time = nextTime, time <= now else { return [] }
        // A throttle lets 50 ms worth pass at once.
        let burst = faults.bytesPerSecond.map { max(1, $0 / 20) } ?? .max
        return first.bytes.prefix(min(burst, faults.chunkBytes ?? .max))
    }

    public mutating func remove(_ count: Int, at now: Int64, _ faults: LaneFaults) {
        precondition(!waiting.isEmpty && count <= waiting[0].bytes.count, "what left was there")
        waiting[0].bytes.removeFirst(count)
        waitingCount -= count
        if waiting[0].bytes.isEmpty { waiting.removeFirst() }
        if let rate = faults.bytesPerSecond { isFreeAt = now + Int64(max(1, count * 1_000 / max(1, rate))) }
    }
}
