internal import CRDT
public import Replica

/// What HQ and the members say about a member that is lost.
extension RetailSchema {
    /// In the scope `chain`, by the member's number. Only HQ writes it.
    public static let fence = Collection(
        40, "fence",
        [
            Field(Fence.since, "since", .register),
            Field(Fence.destroyed, "destroyed", .register),
            Field(Fence.exposure, "exposure", .register),
            Field(Fence.origins, "origins", .set),
            Field(Fence.key, "key", .register),
            Field(Fence.minted, "minted", .register),
        ])

    /// In a live member's books, by the lost one's number. Only that member writes it: twice without seeing it, if its machine was
    /// replaced meanwhile.
    public static let fenceReceipt = Collection(
        41, "fence receipt", [Field(FenceReceipt.receipt, "receipt", .register)], isForPeople: false)

    /// The field numbers of a fence.
    public enum Fence {
        /// A moment; whoever holds the transaction that wrote it holds the fence.
        public static let since: UInt32 = 1
        /// A person has declared the device destroyed: a moment.
        public static let destroyed: UInt32 = 2
        /// What is published instead: what the device may still promise if it is alive. For people.
        public static let exposure: UInt32 = 3
        /// The incarnations that are lost, as far as HQ knew them: elements of the origin's number.
        public static let origins: UInt32 = 4
        /// SHA-256 of the public key of the machine that is lost.
        public static let key: UInt32 = 5
        /// When its rights were minted again: a moment.
        public static let minted: UInt32 = 6
    }

    /// The field numbers of a receipt.
    public enum FenceReceipt {
        /// Bytes: `FenceReceipt` of the target `Sync` says which.
        public static let receipt: UInt32 = 1
    }

    public static func fence(of member: UInt32) -> RecordKey {
        RecordKey(scope: .chain, collection: fence.number, id: Identifier(number: UInt64(member), digits: 8))
    }

    public static func fenceReceipt(of member: UInt32, from witness: UInt32) -> RecordKey {
        RecordKey(
            scope: Scope(.books, of: witness), collection: fenceReceipt.number,
            id: Identifier(number: UInt64(member), digits: 8))
    }
}
