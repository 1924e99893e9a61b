public import Foundation

/// What a program that runs a node adds to the node's socket.
public struct ControlExtension: Sendable {
    /// Takes a request that the node itself does not know. It is called on the loop's thread, and must not wait there.
    ///
    /// - Parameters:
    ///   - method: the request's.
    ///   - parameters: a JSON object.
    ///   - reply: to be called once, on any thread, with JSON.
    /// - Returns: false if it is not known here either; then there is no reply.
    public typealias Answer =
        @Sendable (
            _ method: String, _ parameters: Data, _ context: ControlContext,
            _ reply: @escaping @Sendable (Result<Data, any Error>) -> Void
        ) -> Bool

    let answer: Answer
    /// What is said of an error.
    let refusal: @Sendable (any Error) -> ControlRefusal

    /// - Parameter refusal: so that a command that asks the node ends as if it had met the error itself.
    public init(
        refusal: @escaping @Sendable (any Error) -> ControlRefusal = { ControlRefusal(error: "\($0)", code: nil) },
        answer: @escaping Answer
    ) {
        (self.refusal, self.answer) = (refusal, answer)
    }
}

/// What a request that the node does not know itself is answered with.
public struct ControlContext: Sendable {
    public let owner: ReplicaOwner
    /// The node's wall clock, in milliseconds since 1970: as right as its machine's, or righter.
    public let clock: @Sendable () -> Int64
}

/// A node's no to a request, as it travels.
public struct ControlRefusal: Codable, Hashable, Sendable {
    public let error: String
    /// With which a command ends that asked; nil from a node that does not say.
    public let code: Int32?

    public init(error: String, code: Int32?) {
        (self.error, self.code) = (error, code)
    }
}
