internal import CRDT
internal import Replica
internal import Retail

/// Something scarce that is promised at all machines out of rights, as the pieces of a flash sale are: the laboratory's own
/// collection beside those of the shop.
enum QuotaSchema {
    static let title: UInt32 = 1
    static let rights: UInt32 = 2

    /// Every machine holds it.
    static let scope = Scope(.customers)

    /// By the quota's name.
    static let quota = Collection(
        60, "quota", [Field(title, "title", .register), Field(rights, "rights", .escrow())])

    static func key(_ id: Identifier) -> RecordKey {
        RecordKey(scope: scope, collection: quota.number, id: id)
    }

    /// What replicas in worlds are opened with.
    static let schema = Schema(RetailSchema.schema.collections + [quota])
}
