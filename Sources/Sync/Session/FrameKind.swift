/// What a frame is, as its first byte says.
///
/// Kinds from 128 on are for newer minor versions: whoever does not know one skips it. An unknown kind below is an error.
public enum FrameKind: UInt8, CaseIterable, Sendable {
    case hello = 1
    case offer = 2
    case ask = 3
    case knowledge = 4
    case ready = 5
    case push = 6
    case begin = 7
    case piece = 8
    case end = 9
    case acknowledge = 10
    case credit = 11
    case ping = 12
    case pong = 13
    case goodbye = 14
    case checkpoints = 15
    case refuse = 16
    case seek = 17
    case repair = 18
    case lack = 19
    case mend = 20

    /// Whether it uses up credit: what makes the receiver work and wait for its disk.
    public var isData: Bool {
        switch self {
        case .push, .begin, .piece, .end, .checkpoints, .repair, .lack, .mend: true
        default: false
        }
    }

    /// Whether something else than `FrameAllowance` says how many may come: credit, what is not acknowledged, or the opening.
    static func isLimitedOtherwise(_ raw: UInt8) -> Bool {
        switch FrameKind(rawValue: raw) {
        case .credit, .ping, .pong, .refuse, nil: false
        default: true
        }
    }

    static let firstOptional: UInt8 = 128
}

/// Bounds of a session's frames.
public enum FrameLimits {
    /// The most bytes of a frame behind its length. A record of the largest size fits.
    public static let bytes = 1 << 22
    /// The most bytes of a first frame: nobody is known yet.
    public static let helloBytes = 1 << 16
    /// The most scopes that an interest or an offer names.
    public static let scopes = 1 << 17
    /// The most points that one turn of offers tells, each scope counted as one more.
    public static let offeredPoints = 1 << 18
    /// The most origins of a cut.
    public static let origins = 100_000
    /// The most bytes of an explanation.
    public static let detailBytes = 1024
    /// The most points and runs of a chain that are told.
    public static let knowledgePoints = 100_000
    /// The most checkpoints of a frame, and the most that are sought at once.
    public static let checkpoints = 4096
}
