/// What one contributor to an escrow has done, in totals that only grow: its row, which only it writes.
public struct EscrowRow: Hashable, Sendable {
    /// Rights that this origin brought into being.
    public var minted: UInt64 = 0
    public var used: UInt64 = 0
    /// Of the used ones, those that it gave back to itself.
    public var released: UInt64 = 0
    /// Rights passed on, in all, by receiver.
    public var granted: [Origin: UInt64] = [:]
    /// The number of the last request of each requester that this origin decided.
    public var served: [Origin: UInt64] = [:]
    /// This origin's own last request.
    public var request: Request?

    public struct Request: Hashable, Sendable {
        /// From 1 to `Limits.magnitude`, growing; with the requester's origin it names the request.
        public let number: UInt64
        public let grantor: Origin
        public let amount: UInt64
    }

    public init() {}
}

/// A bounded counter: rights to use something scarce, held by replicas, so that promises stay within the quota however the
/// chain is cut up.
///
/// The rights of a replica are what it minted and was granted, less what it granted and holds in use. Each replica spends and
/// grants only out of its own rights, and only it writes its row, so the sum of all use never exceeds what was minted. A
/// grant counts for the receiver once it is joined there. Source: Balegas et al., "Extending Eventually Consistent Cloud
/// Databases for Enforcing Numeric Invariants" (2015).
public struct Escrow: Hashable, Sendable {
    public let rows: [Origin: EscrowRow]

    /// What `origin` may still use or grant, as far as is known here. Never negative for the replica itself.
    public func rights(of origin: Origin) -> Int64 {
        var rights: Int64 = 0
        for (other, row) in rows {
            rights += Int64(row.granted[origin] ?? 0) * (Mutants.isOn("grant-counted-twice") ? 2 : 1)
            guard other == origin else { continue }
            rights += Int64(row.minted) + Int64(row.released) - Int64(row.used)
            if Mutants.isOn("grantor-keeps-what-it-grants") { continue }
            for amount in row.granted.values { rights -= Int64(amount) }
        }
        return rights
    }

    public var minted: UInt64 { rows.values.reduce(0) { $0 + $1.minted } }

    /// What was taken out of the world: it was granted to nobody.
    public var retired: UInt64 { rows.values.reduce(0) { $0 + $1.granted[.nobody, default: 0] } }

    /// What is in use now, over all replicas.
    public var inUse: UInt64 { rows.values.reduce(0) { $0 + $1.used - $1.released } }

    /// The request of `requester` that `grantor` has not decided yet. One to any incarnation of a member is open until one of them
    /// has decided it; should two, each grants out of its own rights.
    public func openRequest(of requester: Origin, to grantor: Origin) -> EscrowRow.Request? {
        let anybody = Origin.anyIncarnation(of: grantor.member)
        guard let request = rows[requester]?.request, [grantor, anybody].contains(request.grantor) else { return nil }
        if Mutants.isOn("decided-request-stays-open") { return request }
        let isDecided = rows.contains { origin, row in
            (origin == request.grantor || request.grantor == anybody && origin.member == anybody.member)
                && row.served[requester, default: 0] >= request.number
        }
        return isDecided ? nil : request
    }
}

/// Why rights did not move. Nothing was written.
public enum EscrowError: Error, Hashable, Sendable {
    case insufficient(rights: Int64, wanted: UInt64)
    /// More was to be released than is in use here.
    case notInUse(inUse: UInt64, released: UInt64)
    /// One request may be open at a time.
    case requestOpen(EscrowRow.Request)
    case overflow(limit: UInt64)
    /// More contributors than a row may name.
    case crowded(limit: Int)
    /// This origin's own row cannot be read by this version, and a new one would forget what it says.
    case unreadable(Dot)
}

extension Record {
    public func escrow(_ field: UInt32) -> Escrow {
        var rows: [Origin: EscrowRow] = [:]
        var settled: [Origin: EscrowRow] = [:]
        for cell in cells(ofField: field) {
            guard let row = EscrowRow(cell) else { continue }
            let origin = cell.escrowOrigin
            if cell.settlesEscrow {
                settled[origin] = settled[origin].map { $0.joined(with: row) } ?? row
            } else {
                rows[origin] = rows[origin].map { $0.joined(with: row) } ?? row
            }
        }
        return Escrow(rows: rows.merging(settled) { Mutants.isOn("lost-row-beats-its-settlement") ? $0 : $1 })
    }

    /// Brings rights into being: for whoever sets the quota.
    public mutating func mint(_ amount: UInt64, in field: UInt32, at version: Version) throws(EscrowError) {
        try changeRow(of: field, at: version) { row, _ throws(EscrowError) in try add(amount, to: &row.minted) }
    }

    public mutating func use(_ amount: UInt64, of field: UInt32, at version: Version) throws(EscrowError) {
        try changeRow(of: field, at: version) { row, rights throws(EscrowError) in
            let isEnough = rights >= 0 && amount <= UInt64(rights) || Mutants.isOn("use-beyond-the-rights")
            guard isEnough else { throw .insufficient(rights: rights, wanted: amount) }
            try add(amount, to: &row.used)
        }
    }

    /// Gives back what this same replica used.
    public mutating func release(_ amount: UInt64, of field: UInt32, at version: Version) throws(EscrowError) {
        try changeRow(of: field, at: version) { row, _ throws(EscrowError) in
            let inUse = row.used - row.released
            guard amount <= inUse else { throw .notInUse(inUse: inUse, released: amount) }
            if Mutants.isOn("release-lowers-the-use") { return row.used -= amount }
            try add(amount, to: &row.released)
        }
    }

    /// Takes rights that are held here out of the world, for good: for whoever lowers the quota.
    public mutating func retire(_ amount: UInt64, in field: UInt32, at version: Version) throws(EscrowError) {
        try changeRow(of: field, at: version) { row, rights throws(EscrowError) in
            guard rights >= 0, amount <= UInt64(rights) else { throw .insufficient(rights: rights, wanted: amount) }
            try add(amount, to: &row.granted[.nobody, default: 0])
        }
    }

    /// Asks another replica for rights; the request travels with the row.
    ///
    /// - Parameters:
    ///   - grantor: an incarnation, or `Origin.anyIncarnation` of a member.
    ///   - hasEnded: whether an incarnation will decide nothing any more. A request to such a one does not stay open: if it
    ///   was granted after all, those rights come besides.
    public mutating func requestRights(
        _ amount: UInt64, from grantor: Origin, of field: UInt32, at version: Version,
        hasEnded: (Origin) -> Bool = { _ in false }
    ) throws(EscrowError) {
        let escrow = escrow(field)
        if let last = escrow.rows[version.dot.origin]?.request,
            escrow.openRequest(of: version.dot.origin, to: last.grantor) != nil, !hasEnded(last.grantor)
        {
            throw .requestOpen(last)
        }
        try changeRow(of: field, at: version) { row, _ throws(EscrowError) in
            var number = row.request?.number ?? 0
            try add(1, to: &number)
            guard amount <= Limits.magnitude else { throw .overflow(limit: Limits.magnitude) }
            row.request = .init(number: number, grantor: grantor, amount: amount)
        }
    }

    /// Decides another replica's open request: passes on what is asked, or what this replica can spare above its floor.
    ///
    /// - Returns: the amount granted; nil if no request is open, so that a retry changes nothing.
    public mutating func grantRights(
        to requester: Origin, of field: UInt32, keeping floor: UInt64, at version: Version
    ) throws(EscrowError) -> UInt64? {
        guard let request = escrow(field).openRequest(of: requester, to: version.dot.origin) else { return nil }
        var granted: UInt64 = 0
        try changeRow(of: field, at: version) { row, rights throws(EscrowError) in
            granted = min(request.amount, UInt64(max(0, rights - Int64(min(floor, Limits.magnitude)))))
            if Mutants.isOn("grant-beyond-the-rights") { granted = request.amount }
            if granted > 0 { try add(granted, to: &row.granted[requester, default: 0]) }
            row.served[requester] = request.number
            guard row.served.count <= EscrowRow.peerLimit else { throw .crowded(limit: EscrowRow.peerLimit) }
        }
        return granted
    }

    private mutating func changeRow(
        of field: UInt32, at version: Version,
        _ change: (inout EscrowRow, _ rights: Int64) throws(EscrowError) -> Void
    ) throws(EscrowError) {
        let escrow = escrow(field)
        let origin = version.dot.origin
        let slot = SlotKey(field: field)
        if escrow.rows[origin] == nil, let own = self[slot].first(where: { $0.dot.origin == origin && !$0.isMark }) {
            throw .unreadable(own.dot)
        }
        var row = escrow.rows[origin] ?? EscrowRow()
        try change(&row, escrow.rights(of: origin))
        write(Cell(slot: slot, dot: version.dot, stamp: version.stamp, content: .value(.bytes(row.packed)))) {
            $0.dot.origin == origin
        }
    }
}

/// Adds to a total, within the magnitude that keeps sums from overflowing.
private func add(_ amount: UInt64, to total: inout UInt64) throws(EscrowError) {
    guard amount <= Limits.magnitude, total + amount <= Limits.magnitude else {
        throw .overflow(limit: Limits.magnitude)
    }
    total += amount
}

extension EscrowRow {
    /// The higher of every total: a closed incarnation's row may be stated by its successor, too, from another branch.
    func joined(with other: EscrowRow) -> EscrowRow {
        var row = self
        row.minted = max(minted, other.minted)
        row.used = max(used, other.used)
        row.released = min(row.used, max(released, other.released))
        row.granted.merge(other.granted, uniquingKeysWith: max)
        row.served.merge(other.served, uniquingKeysWith: max)
        return row
    }

    /// The most peers that a row names.
    static let peerLimit = 2000

    /// Canonical: the totals, then grants, decided requests and the open request, ascending by origin.
    var packed: [UInt8] {
        var writer = ByteWriter(reservingCapacity: 32)
        for total in [minted, used, released] { writer.write(varint: total) }
        for totals in [granted, served] {
            writer.write(varint: UInt64(totals.count))
            for (origin, total) in totals.sorted(by: { $0.key < $1.key }) {
                writer.write(fixed64: origin.rawValue)
                writer.write(varint: total)
            }
        }
        if let request {
            writer.write(varint: request.number)
            writer.write(fixed64: request.grantor.rawValue)
            writer.write(varint: request.amount)
        }
        return writer.bytes
    }

    /// - Returns: nil for bytes that are no row: a newer version may write what this one cannot read.
    init?(packed bytes: [UInt8]) {
        let row = bytes.withUnsafeBytes { raw in
            var reader = ByteReader(raw)
            return try? EscrowRow(decoding: &reader)
        }
        guard let row else { return nil }
        self = row
    }

    private init(decoding reader: inout ByteReader) throws(CodecError) {
        minted = try Self.readTotal(&reader)
        used = try Self.readTotal(&reader)
        released = try Self.readTotal(&reader)
        guard released <= used else { throw .outOfRange(offset: reader.offset) }
        granted = try Self.readTotals(&reader)
        served = try Self.readTotals(&reader)
        if !reader.isAtEnd {
            let number = try Self.readTotal(&reader)
            guard number > 0 else { throw .outOfRange(offset: reader.offset) }
            let grantor = Origin(rawValue: try reader.readFixed64())
            request = Request(number: number, grantor: grantor, amount: try Self.readTotal(&reader))
        }
        try reader.expectEnd()
    }

    private static func readTotals(_ reader: inout ByteReader) throws(CodecError) -> [Origin: UInt64] {
        let count = try reader.readCount(limit: peerLimit)
        var totals: [Origin: UInt64] = [:]
        var last: Origin?
        for _ in 0..<count {
            let origin = Origin(rawValue: try reader.readFixed64())
            guard last.map({ $0 < origin }) ?? true else { throw .notCanonical(offset: reader.offset) }
            totals[origin] = try readTotal(&reader)
            last = origin
        }
        return totals
    }

    private static func readTotal(_ reader: inout ByteReader) throws(CodecError) -> UInt64 {
        let total = try reader.readVarint()
        guard total <= Limits.magnitude else { throw .outOfRange(offset: reader.offset) }
        return total
    }
}
