/// What a registrar took over from lost incarnations.
public struct ReclaimedRights: Hashable, Sendable {
    /// Those in which there was something left to take over.
    public private(set) var records: Int
    public private(set) var rights: UInt64

    public init(records: Int = 0, rights: UInt64 = 0) {
        (self.records, self.rights) = (records, rights)
    }

    /// A sum of sums: each within `Limits.magnitude`, of records that fit on a disk.
    mutating func add(_ other: ReclaimedRights) {
        records += other.records
        rights += other.rights
    }
}
