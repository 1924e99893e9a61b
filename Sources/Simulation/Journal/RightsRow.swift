internal import CRDT

/// What one origin has done with rights, in totals that only grow, by the meaning of each of its changes.
struct RightsRow: Hashable {
    var minted: UInt64 = 0
    var used: UInt64 = 0
    var released: UInt64 = 0
    var granted: [Origin: UInt64] = [:]
    /// The number of the last request of each requester that was decided.
    var served: [Origin: UInt64] = [:]
    var request: Request?

    struct Request: Hashable {
        let number: UInt64
        let grantor: Origin
        let amount: UInt64
    }

    init() {}

    /// What a replica shows.
    init(_ shown: EscrowRow) {
        (minted, used, released) = (shown.minted, shown.used, shown.released)
        (granted, served) = (shown.granted, shown.served)
        request = shown.request.map { Request(number: $0.number, grantor: $0.grantor, amount: $0.amount) }
    }

    mutating func take(_ change: RightsChange) {
        switch change {
        case .mint(let amount): minted += amount
        case .use(let amount): used += amount
        case .release(let amount): released += amount
        case .request(let amount, let grantor):
            request = Request(number: (request?.number ?? 0) + 1, grantor: grantor, amount: amount)
        case .grant(let amount, let requester, let number):
            if amount > 0 { granted[requester, default: 0] += amount }
            served[requester] = number
        case .settle: break
        }
    }

    /// What two branches of one origin's history come to together.
    func joined(with other: RightsRow) -> RightsRow {
        var row = self
        row.minted = max(minted, other.minted)
        row.used = max(used, other.used)
        row.released = max(released, other.released)
        row.granted.merge(other.granted, uniquingKeysWith: max)
        row.served.merge(other.served, uniquingKeysWith: max)
        row.request = [request, other.request].compactMap(\.self).max { $0.number < $1.number }
        return row
    }

    /// As it stands in a cell (Protocol/records.md).
    var packed: [UInt8] {
        var writer = ByteWriter()
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
}

extension [Origin: RightsRow] {
    /// What an origin may still use or pass on.
    func rights(of origin: Origin) -> Int64 {
        let own = self[origin] ?? RightsRow()
        let come = values.reduce(own.minted + own.released) { $0 + ($1.granted[origin] ?? 0) }
        return Int64(come) - Int64(own.used) - Int64(own.granted.values.reduce(0, +))
    }

    /// The request of one origin that another has not decided.
    func openRequest(of requester: Origin, to grantor: Origin) -> RightsRow.Request? {
        guard let request = self[requester]?.request, request.grantor == grantor else { return nil }
        return request.number > self[grantor]?.served[requester] ?? 0 ? request : nil
    }

    var minted: UInt64 { values.reduce(0) { $0 + $1.minted } }

    var inUse: UInt64 { values.reduce(0) { $0 + $1.used - $1.released } }
}
