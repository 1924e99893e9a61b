internal import Foundation
internal import Net
internal import Sync
internal import Synchronization

/// The wall clock of a node: the system's, corrected towards the registrar's clock, as far as a session has measured that.
///
/// A till whose clock is wrong still stamps right. The correction is kept in a file, because a store that starts without a
/// line needs it most. Stamps never go back: the replica's own clock sees to that.
///
/// Of corrections of less than a second nothing is kept: they would follow the noise of the line.
final class NodeClock: Sendable {
    private struct Content: Codable {
        var version = 1
        var correctionMilliseconds: Int64
        /// How far from the registrar's clock the one was that it was taken from.
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
    /// The lowest stratum that was learned from since the start.
    private let learnedStratum = Mutex<UInt8>(.max)
    /// - Parameter system: milliseconds since 1970, as this machine believes.
    /// - Throws: what is wrong with the file; none is no correction.
    init(_ directory: String, system: @escaping @Sendable () -> Int64) throws {
        self.system = system
        path = directory + "/" + Self.fileName
        guard case .file = try FileKind(path) else {
            correction = Mutex(0)
            return
        }
        let content = try JSONFile<Content>(path: path, version: 1, mode: 0o644).read()
        correction = Mutex(content.correctionMilliseconds)
    }

    /// Milliseconds since 1970.
    var milliseconds: Int64 { system() + correctionMilliseconds }

    var correctionMilliseconds: Int64 { correction.withLock { $0 } }

    /// Takes in what a session has found out about a clock that is nearer to the registrar's. Once one has spoken, those that
    /// are farther from that than it are not followed any more: two sources would pull to and fro.
    ///
    /// - Parameters:
    ///   - stratum: how far the other clock is from the registrar's.
    ///   - own: how far this one is; the registrar itself follows nobody.
    /// - Returns: whether the correction is another one now.
    func learn(_ offset: ClockOffset, of stratum: UInt8, own: UInt8) -> Bool {
        let isNearest = learnedStratum.withLock { learned in
            guard stratum < own, stratum <= learned else { return false }
            learned = stratum
            return true
        }
        guard isNearest, offset.roundTripMilliseconds <= Self.roundTripLimit,
            abs(offset.milliseconds) >= max(Self.threshold, offset.roundTripMilliseconds)
        else { return false }
        let next = correction.withLock { correction in
            correction += offset.milliseconds
            return correction
        }
        // Without it the next start learns it anew.
        try? JSONFile<Content>(path: path, version: 1, mode: 0o644).write(
            Content(correctionMilliseconds: next, stratum: stratum))
        return true
    }
}
