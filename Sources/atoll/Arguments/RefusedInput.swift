import Replica
import Retail

/// An engine's refusal of what it was given: the input is at fault, not the disk.
protocol RefusedInput {
    /// What is wrong, and what to do.
    var refusal: String { get }
}

extension RetailError: RefusedInput {
    var refusal: String {
        switch self {
        case .exists(let key):
            "\(RetailSchema.schema[key.collection]?.name ?? "record") \(key.id) of this store is in the chain already, "
                + "from an earlier log. Import each log once; remove what was recorded twice."
        }
    }
}

extension ReplicaError: RefusedInput {
    var refusal: String { "\(self)" }
}
