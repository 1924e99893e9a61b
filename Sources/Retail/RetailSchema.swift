public import CRDT
public import Replica

/// The chain's records. Numbers are permanent: a field keeps its number and kind for ever, and none is used twice.
public enum RetailSchema {
    public static let schema = Schema(
        [office, member, order, series, points, returnRight, goodwill, day, request, settlement, fence, fenceReceipt] + goods
            + customers
            + catalogue)

    /// Who belongs to the chain. In the scope `chain`, by the member's number.
    public static let member = Collection(
        1, "member",
        [
            Field(Member.name, "name", .register),
            Field(Member.certificate, "certificate", .register),
            Field(Member.revoked, "revoked", .register),
            Field(Member.reason, "reason", .register),
            Field(Member.address, "address", .register),
            Field(Member.regions, "regions", .set),
            Field(Member.role, "role", .register),
            Field(Member.replaced, "replaced", .set),
            Field(Member.store, "store", .register),
        ])

    /// What one store counted of a customer's points. In the store's books, by the customer's id; HQ folds the stores.
    public static let points = Collection(
        12, "points",
        [
            Field(Points.balance, "balance", .counter),
            Field(Points.adjustments, "adjustments", .facts(movements: Points.movements(ofAdjustment:_:))),
        ])

    /// The field numbers of a member. Only the registrar writes them.
    public enum Member {
        public static let name: UInt32 = 1
        /// The member's newest certificate, DER. It stays when the member is revoked.
        public static let certificate: UInt32 = 2
        /// Since when the member may not sync any more: a moment.
        public static let revoked: UInt32 = 3
        /// Why, for people.
        public static let reason: UInt32 = 4
        /// Where others dial the member: HOST:PORT.
        public static let address: UInt32 = 5
        /// Whose customers the member serves: a set of regions' numbers as identifiers of 8 digits. Empty is region 0.
        public static let regions: UInt32 = 6
        /// What the member is, beyond a store: bytes, which the chain's authority has signed (`Protocol/office.md`).
        public static let role: UInt32 = 7
        /// The machines in whose place there is another one: a set of the SHA-256 of their public keys.
        public static let replaced: UInt32 = 8

        /// Of a till that is one of several in a store: the store's member number, an integer.
        public static let store: UInt32 = 9

        /// The role of a member that holds everything, besides the founder's HQ.
        public static let headquarters: Int64 = 1
    }

    /// The field numbers of points, and what its facts move.
    public enum Points {
        public static let balance: UInt32 = 1
        /// Facts: points, of either sign.
        public static let adjustments: UInt32 = 2

        static func movements(ofAdjustment key: RecordKey, _ fact: Value) -> [Movement] {
            guard case .integer(let points) = fact else { return [] }
            return [Movement(key, balance, points)]
        }
    }

    public static func member(_ number: UInt32) -> RecordKey {
        RecordKey(scope: .chain, collection: member.number, id: Identifier(number: UInt64(number), digits: 8))
    }

    public static func points(of customer: Identifier, at member: UInt32) -> RecordKey {
        RecordKey(scope: Scope(.books, of: member), collection: points.number, id: customer)
    }
}
