/// What becomes of the rights of a replica that is lost.
///
/// Only its own replica writes a row, so rights that a lost one held stay out of everybody's reach until the chain's registrar
/// settles its row: it states the row once more, in the slot of the element that names the lost incarnation, with everything
/// that was left granted to the registrar itself. A settled row stands for what the lost one wrote, whatever of that turns up
/// later: it is frozen. No right is made by that, so what is minted less what is used stays what all hold together.
///
/// If the lost one is alive after all and goes on promising, those promises are in no row that counts: they exceed the quota
/// by at most what it held when the row was settled. That bound is what a fence publishes as the exposure.
extension Record {
    /// Settles the row of a lost incarnation, and takes over what it held. A retry changes nothing; a call after more of the
    /// past has come in takes over the rest.
    ///
    /// - Parameters:
    ///   - lost: of another member; it will never grant or use anything again that counts.
    ///   - version: the registrar's.
    /// - Returns: the rights that were taken over.
    public mutating func reclaimRights(
        of lost: Origin, in field: UInt32, at version: Version
    ) throws(EscrowError) -> UInt64 {
        let registrar = version.dot.origin
        precondition(registrar.member != lost.member, "a member's own past is stated by its successor")
        let stated = cells(ofField: field).filter { $0.escrowOrigin == lost && !$0.isMark }
        if let cell = stated.first(where: { EscrowRow($0) == nil }) { throw .unreadable(cell.dot) }
        let escrow = escrow(field)
        let rights = max(0, escrow.rights(of: lost))
        guard escrow.rows[lost] != nil || rights > 0 else { return 0 }
        var row = escrow.rows[lost] ?? EscrowRow()
        row.request = nil
        if !Mutants.isOn("reclaimed-rights-do-not-move") { try row.take(UInt64(rights), for: registrar) }
        for requester in escrow.rows.keys {
            // Nobody will decide it: the requester may ask somebody else.
            if let request = escrow.openRequest(of: requester, to: lost) { row.served[requester] = request.number }
        }
        guard row.served.count <= EscrowRow.peerLimit else { throw .crowded(limit: EscrowRow.peerLimit) }
        guard row != escrow.rows[lost] || !stated.contains(where: \.settlesEscrow) else { return 0 }
        let slot = SlotKey(field: field, element: .index(lost.rawValue))
        write(Cell(slot: slot, dot: version.dot, stamp: version.stamp, content: .value(.bytes(row.packed)))) { _ in true }
        return UInt64(rights)
    }
}

extension Element {
    /// Where a row of an escrow stands that another member states as a lower bound, because it holds what its own member has lost:
    /// big-endian, so that it is no settlement by a registrar.
    public static func witnessed(_ origin: Origin) -> Element {
        .bytes((0..<8).map { UInt8(truncatingIfNeeded: origin.rawValue >> (56 - 8 * $0)) })
    }
}

extension Cell {
    /// Whose row a cell of an escrow states.
    var escrowOrigin: Origin {
        switch slot.element {
        case .index(let closed): Origin(rawValue: closed)
        case .bytes(let bytes): Self.witnessed(bytes) ?? dot.origin
        default: dot.origin
        }
    }

    private static func witnessed(_ bytes: [UInt8]) -> Origin? {
        guard bytes.count == 8 else { return nil }
        return Origin(rawValue: bytes.reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// Whether it is the registrar's word for the row of another member's lost incarnation. A member's own successor states
    /// what its past came to, too, but as a lower bound.
    var settlesEscrow: Bool {
        if case .index(let closed) = slot.element { Origin(rawValue: closed).member != dot.origin.member } else { false }
    }
}

extension EscrowRow {
    /// - Returns: nil for a cell that states no row, or one that this version cannot read.
    init?(_ cell: Cell) {
        guard case .value(.bytes(let bytes)) = cell.content else { return nil }
        self.init(packed: bytes)
    }

    /// Grants what is left to whoever settles this row.
    fileprivate mutating func take(_ rights: UInt64, for registrar: Origin) throws(EscrowError) {
        guard rights > 0 else { return }
        let total = (granted[registrar] ?? 0) + rights
        guard total <= Limits.magnitude else { throw .overflow(limit: Limits.magnitude) }
        granted[registrar] = total
        guard granted.count <= Self.peerLimit else { throw .crowded(limit: Self.peerLimit) }
    }
}
