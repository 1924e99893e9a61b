/// Something that must never be.
public struct Violation: Error, Hashable, Sendable {
    /// The oracle that says so.
    public let oracle: String
    /// The world's time, in milliseconds.
    public let time: Int64
    /// Where it showed; nil if it is about several machines.
    public let node: Int?
    /// What was found and what should have been.
    public let detail: String
}

extension Violation: CustomStringConvertible {
    public var description: String {
        "\(oracle) at \(time) ms\(node.map { ", node \($0)" } ?? ""): \(detail)"
    }
}
