internal import Foundation
internal import Net
internal import Sync
internal import Synchronization

/// The wall clock of a node: the system's, corrected towards headquarters' clock, as far as a session has measured that.
///
/// A till whose clock is wrong still stamps right. The correction is kept in a file, because a store that starts without a
/// line needs it most. Stamps never go back: the replica's own clock sees to that.
///
/// Of corrections of less than a second nothing is kept: they would follow the noise of the line.
final class NodeClock: Sendable {
    private struct Content: Codable {
        var version = 1
        var correctionMilliseconds: Int64
        /// How far from headquarters' clock the one was that it was taken from.
        var stratum: UInt8
    }

    /// In milliseconds.
    static let threshold: Int64 = 1_000
    /// Nothing is learned over a line that is slower.
    private static let roundTripLimit: Int64 = 4_000
    private static let fileName = "clock.json"

    private let system: @Sendable () -> Int64
    private let path: String
    private let correction: Mutex<Int64>
    /// Headquarters follow nobody.
    private let isFixed: Bool

    /// - Parameter system: milliseconds since 1970, as this machine believes.
    /// - Throws: what is wrong with the file; none is no correction.
    init(_ directory: String, isHeadquarters: Bool, system: @escaping @Sendable () -> Int64) throws {
        self.system = system
        path = directory + "/" + Self.fileName
        isFixed = isHeadquarters
        guard case .file = try FileKind(path), !isHeadquarters else {
            correction = Mutex(0)
            return
        }
        let content = try JSONFile<Content>(path: path, version: 1, mode: 0o644).read()
        correction = Mutex(content.correctionMilliseconds)
    }

    /// Milliseconds since 1970.
    var milliseconds: Int64 { system() + correctionMilliseconds }

    var correctionMilliseconds: Int64 { correction.withLock { $0 } }

    /// Takes in what a session has found out about a clock that is nearer to headquarters'.
    ///
    /// - Returns: whether the correction is another one now.
    func learn(_ offset: ClockOffset) -> Bool {
        guard !isFixed, offset.stratum == 0, offset.roundTripMilliseconds <= Self.roundTripLimit,
            abs(offset.milliseconds) >= max(Self.threshold, offset.roundTripMilliseconds)
        else { return false }
        let next = correction.withLock { correction in
            correction += offset.milliseconds
            return correction
        }
        // Without it the next start learns it anew.
        try? JSONFile<Content>(path: path, version: 1, mode: 0o644).write(
            Content(correctionMilliseconds: next, stratum: offset.stratum))
        return true
    }
}
