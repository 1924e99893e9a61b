internal import Sync

/// A machine's program is started anew with other bounds; what is not said is as usual.
struct SetBounds: Act {
    static let kind = "set_bounds"

    let node: Int
    /// Bytes of data that may be on their way to it, on each connection.
    var creditBytes: Int?
    /// Bytes of records that may wait for its disk.
    var waitingBytes: Int?
    /// Deltas of more records are staged.
    var joinedRecords: UInt64?
    /// An offer tells scopes in full up to so many points.
    var toldPoints: Int?
    /// Pages of its write-ahead log.
    var logFrames: Int?

    private enum CodingKeys: String, CodingKey {
        case node
        case creditBytes = "credit_bytes"
        case waitingBytes = "waiting_bytes"
        case joinedRecords = "joined_records"
        case toldPoints = "told_points"
        case logFrames = "log_frames"
    }

    var nodes: [Int] { [node] }

    var flaw: String? {
        let counts = [creditBytes, waitingBytes, joinedRecords.map { Int(clamping: $0) }, logFrames].compactMap(\.self)
        let isRight = counts.allSatisfy((1...1 << 30).contains) && (0...1 << 30).contains(toldPoints ?? 0)
        return isRight ? nil : "bounds are 1 to \(1 << 30), and told_points may be 0"
    }

    func perform(in laboratory: Laboratory) throws -> Bool {
        var bounds = MachineBounds()
        if let creditBytes { bounds.session.creditBytes = creditBytes }
        if let waitingBytes { bounds.session.waitingBytes = waitingBytes }
        if let joinedRecords { bounds.session.joinedRecords = joinedRecords }
        if let toldPoints { bounds.session.toldPoints = toldPoints }
        if let logFrames { bounds.logFrames = logFrames }
        try laboratory.world.restart(node, with: bounds)
        return true
    }
}
