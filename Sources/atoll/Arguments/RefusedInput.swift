import Replica
import Retail

/// An engine's refusal of what it was given: the input is at fault, not the disk.
protocol RefusedInput {
    /// What is wrong, and what to do.
    var refusal: String { get }
}

extension RetailError: RefusedInput {
    var refusal: String { "\(problem)" }
}

extension ReplicaError: RefusedInput {
    var refusal: String { "\(self)" }
}
