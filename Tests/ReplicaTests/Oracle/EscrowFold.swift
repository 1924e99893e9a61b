import CRDT
import Replica

/// What an escrow's rows must say, counted over the visible operations.
struct EscrowFold: Equatable {
    struct Row: Equatable {
        var minted: UInt64 = 0
        var used: UInt64 = 0
        var released: UInt64 = 0
        var granted: [Origin: UInt64] = [:]
        var served: [Origin: UInt64] = [:]
        var requests: UInt64 = 0
        var asked: UInt64 = 0
        var grantor: Origin?
    }

    private(set) var rows: [Origin: Row] = [:]

    /// - Parameter traces: of one escrow field.
    init(_ traces: [Trace]) {
        for trace in traces.sorted(by: { ($0.dot.sequence, $0.index) < ($1.dot.sequence, $1.index) }) {
            let origin = trace.dot.origin
            switch trace.effect.change {
            case .mint(let amount): rows[origin, default: Row()].minted += amount
            case .use(let amount): rows[origin, default: Row()].used += amount
            case .release(let amount): rows[origin, default: Row()].released += amount
            case .request(let amount, let grantor):
                rows[origin, default: Row()].requests += 1
                rows[origin, default: Row()].asked = amount
                rows[origin, default: Row()].grantor = grantor
            case .grant(let amount, let requester):
                if amount > 0 { rows[origin, default: Row()].granted[requester, default: 0] += amount }
                let seen = traces.filter { $0.dot.origin == requester && trace.saw($0) }
                rows[origin, default: Row()].served[requester] = UInt64(
                    seen.count { if case .request = $0.effect.change { true } else { false } })
            case .assign, .remove, .advance, .count, .fact: break
            }
        }
    }

    init(_ escrow: Escrow) {
        rows = escrow.rows.mapValues { row in
            Row(
                minted: row.minted, used: row.used, released: row.released, granted: row.granted, served: row.served,
                requests: row.request?.number ?? 0, asked: row.request?.amount ?? 0, grantor: row.request?.grantor)
        }
    }

    func rights(of origin: Origin) -> Int {
        var rights = 0
        for (other, row) in rows {
            rights += Int(row.granted[origin] ?? 0)
            if other == origin {
                rights += Int(row.minted) + Int(row.released) - Int(row.used) - row.granted.values.reduce(0) { $0 + Int($1) }
            }
        }
        return rights
    }
}
