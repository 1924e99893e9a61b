import CRDT
import Node
import Replica
import Retail

extension ReplicaOwner {
    /// Edits a customer's record: a transaction in a scope that all members hold.
    func edit(_ name: String, at milliseconds: Int64) throws {
        let member = card.member
        guard let id = Identifier(name) else { throw NodeError.stopped }
        try perform(at: milliseconds) { transaction in
            try transaction.edit(customer: id, [(RetailSchema.Customer.phone, name)], at: member)
        }
    }
}
