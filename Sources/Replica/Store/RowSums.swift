internal import CRDT

/// What the rows of a scope add up to, by the origin of their cells, at one moment of the scope. The heads say the same, unless
/// a row is damaged or gone, or a head is.
public struct RowSums: Hashable, Sendable {
    let moment: ScopeMoment
    let byOrigin: [Origin: Hash128]

    public var scope: Scope { moment.scope }

    /// The digest that the scope would have if the heads said what the rows say.
    public var total: Hash128 { byOrigin.values.reduce(into: .zero) { $0 += $1 } }
}

/// Between two equal ones the live cells of a scope have not changed.
struct ScopeMoment: Hashable, Sendable {
    let scope: Scope
    let cut: Cut
    let repairs: UInt64
    let aside: [RecordKey]
}
