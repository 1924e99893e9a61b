internal import Foundation
public import Net
internal import Synchronization

/// What a node tells whoever looks after it: one JSON object a line, with ids and sizes and never with content.
///
/// What goes wrong again and again is said once an hour, and then how often it has happened when that is ten times, a hundred
/// times, and so on.
public final class NodeLog: Sendable {
    public enum Level: String, Sendable {
        case info, warning, error
    }

    /// How often something was said of a subject, or would have been.
    private struct Series {
        let start: Int64
        var count = 0
    }

    private let write: @Sendable (String) -> Void
    private let clock: @Sendable () -> Int64
    /// By subject, and then by what is said of it.
    private let series = Mutex<[String: [String: Series]]>([:])

    /// After so long something is news again.
    private static let hourMilliseconds: Int64 = 3_600_000
    /// Whoever makes trouble chooses some of the words, so that there must be no end of memory for them.
    private static let subjectLimit = 4096
    private static let kindLimit = 16

    /// - Parameters:
    ///   - clock: milliseconds since any moment.
    ///   - write: takes a line without its end; from any thread.
    public init(clock: @escaping @Sendable () -> Int64 = monotonicMilliseconds, _ write: @escaping @Sendable (String) -> Void) {
        (self.clock, self.write) = (clock, write)
    }

    public func log(_ level: Level, _ event: String, _ fields: KeyValuePairs<String, String> = [:]) {
        write(Self.line(level, event, Array(fields.map { ($0.key, $0.value) })))
    }

    /// Says something about a subject when it happens first within an hour, the tenth time, the hundredth, and so on. Numbers
    /// within the words make no difference: a port or a time does not turn a repetition into news.
    ///
    /// - Parameters:
    ///   - subject: a peer, a listener.
    ///   - allowance: so many are said each, before only powers of ten are: for what is no trouble until it is frequent.
    public func logOnce(
        _ level: Level, _ event: String, about subject: String, allowance: Int = 1,
        _ fields: KeyValuePairs<String, String> = [:]
    ) {
        var pairs = fields.map { ($0.key, $0.value) }
        let kind = event + pairs.map { "\u{0}\($0.0)=\($0.1.filter { !$0.isNumber })" }.joined()
        let count = count(of: kind, about: subject)
        guard count <= allowance || Self.isPowerOfTen(count) else { return }
        pairs.insert(("about", subject), at: 0)
        if count > 1 { pairs.append(("times", String(count))) }
        write(Self.line(level, event, pairs))
    }

    /// - Returns: how often this has happened within the hour, with this time.
    private func count(of kind: String, about subject: String) -> Int {
        let now = clock()
        return series.withLock { all in
            // Beyond the limits they share what is said, and the count.
            let subject = all[subject] != nil || all.count < Self.subjectLimit ? subject : ""
            var kinds = all[subject] ?? [:]
            let kind = kinds[kind] != nil || kinds.count < Self.kindLimit ? kind : ""
            var one = kinds[kind] ?? Series(start: now)
            if now - one.start >= Self.hourMilliseconds { one = Series(start: now) }
            one.count += 1
            kinds[kind] = one
            all[subject] = kinds
            return one.count
        }
    }

    private static func isPowerOfTen(_ count: Int) -> Bool {
        var rest = count
        while rest % 10 == 0 { rest /= 10 }
        return rest == 1
    }

    private static func line(_ level: Level, _ event: String, _ fields: [(String, String)]) -> String {
        let time = Date().formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true))
        let pairs = [("time", time), ("level", level.rawValue), ("event", event)] + fields
        return "{" + pairs.map { "\(quoted($0)):\(quoted($1))" }.joined(separator: ",") + "}"
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
