internal import Foundation
internal import Synchronization

/// What a node tells whoever looks after it: one JSON object a line, with ids and sizes and never with content.
///
/// What goes wrong again and again is said once, and then how often it has happened when it changes.
public final class NodeLog: Sendable {
    public enum Level: String, Sendable {
        case info, warning, error
    }

    private struct Repeated {
        var text: String
        var count: Int
    }

    private let write: @Sendable (String) -> Void
    private let repeated = Mutex<[String: Repeated]>([:])

    /// - Parameter write: takes a line without its end; from any thread.
    public init(_ write: @escaping @Sendable (String) -> Void) {
        self.write = write
    }

    public func log(_ level: Level, _ event: String, _ fields: KeyValuePairs<String, String> = [:]) {
        write(Self.line(level, event, Array(fields.map { ($0.key, $0.value) })))
    }

    /// Says something about a subject unless that is what was said of it last.
    ///
    /// - Parameter subject: a peer, a listener.
    public func logOnce(
        _ level: Level, _ event: String, about subject: String, _ fields: KeyValuePairs<String, String> = [:]
    ) {
        var pairs = fields.map { ($0.key, $0.value) }
        let text = event + pairs.map { "\u{0}\($0.0)=\($0.1)" }.joined()
        let before: Repeated? = repeated.withLock { all in
            guard let known = all[subject], known.text == text else {
                return all.updateValue(Repeated(text: text, count: 0), forKey: subject) ?? Repeated(text: "", count: 0)
            }
            all[subject]?.count += 1
            return nil
        }
        guard let before else { return }
        pairs.insert(("about", subject), at: 0)
        if before.count > 0 { pairs.append(("repeats_of_the_last", String(before.count))) }
        write(Self.line(level, event, pairs))
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
