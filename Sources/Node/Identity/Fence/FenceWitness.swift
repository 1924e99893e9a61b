internal import CRDT
public import Replica
internal import Retail
public import Sync

/// Answers fences, as a live member: writes a receipt into its own books for every fence that it holds and has not answered.
public struct FenceWitness {
    private let replica: Replica
    /// The registrar, who answers none: it asks.
    private let registrar: UInt32

    public init(_ replica: Replica, registrar: UInt32 = Access.founder) {
        self.replica = replica
        self.registrar = registrar
    }

    /// - Parameter directory: a node's, which knows who the registrar is.
    public init(_ directory: ReplicaDirectory) throws {
        self.init(directory.replica, registrar: try Office(of: directory).holder)
    }

    /// Writes what is missing, durably. A retry writes nothing.
    ///
    /// A fence whose record is damaged here waits until that is mended. The lost one answers none.
    ///
    /// - Parameter now: milliseconds since 1970.
    /// - Returns: the members whose fences were answered, ascending.
    @discardableResult
    public func acknowledge(at now: Int64) throws -> [UInt32] {
        let own = replica.identity.member
        guard own != registrar, !replica.isClosed, !replica.isCopy else { return [] }
        let fences = try Fence.members(in: replica).filter { $0 != own }.compactMap { try fence(of: $0) }
        let unanswered = try fences.filter { fence in
            try fence.minted == nil && Self.receipt(of: fence.member, from: own, in: replica)?.fence != fence.dot
        }
        guard !unanswered.isEmpty else { return [] }
        try replica.perform(at: now) { transaction in
            for fence in unanswered {
                let receipt = FenceReceipt(for: fence.dot, of: fence.member, held: replica)
                try transaction.set(
                    RetailSchema.FenceReceipt.receipt, of: RetailSchema.fenceReceipt(of: fence.member, from: own),
                    to: .bytes(receipt.packed))
            }
        }
        return unanswered.map(\.member)
    }

    private func fence(of member: UInt32) throws -> Fence? {
        do {
            return try Fence(of: member, in: replica)
        } catch is ReplicaError {
            return nil
        }
    }

    /// What a member has said about the fence of another; nil if nothing, or nothing that this version understands.
    static func receipt(of member: UInt32, from witness: UInt32, in replica: Replica) throws -> FenceReceipt? {
        let record = try replica.record(RetailSchema.fenceReceipt(of: member, from: witness))
        guard case .bytes(let bytes) = record.register(SlotKey(field: RetailSchema.FenceReceipt.receipt))?.value else {
            return nil
        }
        return try? FenceReceipt(packed: bytes)
    }
}
