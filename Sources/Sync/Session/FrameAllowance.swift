/// How many more frames may come that no credit limits: pings, credit, refusals, kinds that are not known here.
///
/// Each costs little, and none is sent often by anyone who means well. So as many as ever come at once are allowed, and then
/// as many a second as make no work.
struct FrameAllowance {
    static let atOnce: Int64 = 1024
    static let aSecond: Int64 = 16
    /// Whoever gets much data gives much credit back: a frame for so many bytes.
    static let bytesEach: Int64 = 1024

    private var left = atOnce
    private var last: Int64
    private var bytes: Int64 = 0

    init(at milliseconds: Int64) {
        last = milliseconds
    }

    /// Notes that data was sent, which the other side may answer by credit.
    mutating func note(bytesSent count: Int) {
        bytes += Int64(count)
        left = min(Self.atOnce, left + bytes / Self.bytesEach)
        bytes %= Self.bytesEach
    }

    /// - Returns: whether another frame may come now.
    mutating func take(at milliseconds: Int64) -> Bool {
        let gained = (milliseconds - last) / (1000 / Self.aSecond)
        if gained > 0 {
            left = min(Self.atOnce, left + min(gained, Self.atOnce))
            last = milliseconds
        }
        guard left > 0 else { return false }
        left -= 1
        return true
    }
}
