public import Replica

/// Where an exchange ended, and why. What was brought before stays.
public struct ExchangeError: Error, CustomStringConvertible {
    public let source: String
    public let sink: String
    public let cause: any Error

    public var description: String {
        source == sink ? "at \(source): \(cause)" : "from \(source) to \(sink): \(cause)"
    }

    /// Says which replicas a body's errors are about.
    static func naming<Result>(
        _ source: ReplicaDirectory, _ sink: ReplicaDirectory, _ body: () throws -> Result
    ) throws(ExchangeError) -> Result {
        do {
            return try body()
        } catch let error as ExchangeError {
            throw error
        } catch {
            throw ExchangeError(source: source.card.name, sink: sink.card.name, cause: error)
        }
    }
}

/// Two replicas hold exactly as much of a scope, and not the same: one of them is damaged in a way that no checksum tells.
public struct UnequalDigests: Error, Hashable, Sendable, CustomStringConvertible {
    public let scope: Scope
    public let left: String
    public let right: String

    public init(scope: Scope, left: String, right: String) {
        self.scope = scope
        self.left = left
        self.right = right
    }

    public var description: String {
        "\(left) and \(right) hold the same transactions of \(scope), and their digests differ: one of them is damaged. "
            + "Compare both with another replica (atoll check), and restore the one that differs from a backup."
    }
}
