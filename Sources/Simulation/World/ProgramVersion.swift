internal import Sync

/// Which version of the protocol a program speaks. What it keeps and decides is the same: only its words differ.
public enum ProgramVersion: String, Codable, CaseIterable, Comparable, Sendable {
    case earlierMajor = "0.9"
    /// What the real program speaks.
    case usual = "1.0"
    /// Its first frame says more, and it sends frames of kinds that others do not know.
    case laterMinor = "1.1"
    case laterMajor = "2.0"

    var major: UInt8 {
        switch self {
        case .earlierMajor: Hello.major - 1
        case .usual, .laterMinor: Hello.major
        case .laterMajor: Hello.major + 1
        }
    }

    var minor: UInt8 { self == .laterMinor ? Hello.minor + 1 : Hello.minor }

    public static func < (left: ProgramVersion, right: ProgramVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
