/// Why a control request was not served.
public enum ControlError: Error, Hashable, Sendable, CustomStringConvertible {
    case notARequest
    case unknownMethod(String)
    /// No node runs on the directory.
    case noNode(directory: String)
    /// The node said so.
    case refused(ControlRefusal)
    case noAnswer

    public var description: String {
        switch self {
        case .notARequest: "this is not a request: send one JSON object a line, with a method."
        case .unknownMethod(let method): "the node knows no method \(method). It may be of another version than this program."
        case .noNode(let directory): "\(directory): no node is running here. Start it: atoll serve --dir \(directory)"
        case .refused(let refusal): refusal.error
        case .noAnswer: "the node went away without an answer. See its log."
        }
    }
}
