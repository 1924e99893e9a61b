import Node
import Replica

/// What a check found.
struct CheckReport {
    struct ScopeLine {
        let scope: Scope
        /// The names of the replicas that should hold it.
        let holders: [String]
        let transactions: UInt64
        /// Nil unless all holders have the same.
        let digest: Hash128?
        let isEqual: Bool
    }

    /// What one replica has not got of one scope, though another has.
    struct Lack {
        let replica: String
        let scope: Scope
        /// Missing transactions by the name of who made them.
        let transactions: [(member: String, count: UInt64)]

        var count: UInt64 { transactions.reduce(0) { $0 + $1.count } }
    }

    /// How much was compared, of one kind.
    struct Compared {
        var stock = 0
        var points = 0
        var orders = 0
        /// Records read and held against their checksums, of whatever kind.
        var records = 0

        static func += (left: inout Compared, right: Compared) {
            left.stock += right.stock
            left.points += right.points
            left.orders += right.orders
            left.records += right.records
        }
    }

    /// The most differences that are kept in words.
    static let differenceLimit = 20

    var scopes: [ScopeLine] = []
    var lacks: [Lack] = []
    var compared = Compared()
    /// The first ones.
    private(set) var differences: [String] = []
    private(set) var differenceCount = 0

    var holds: Bool { lacks.isEmpty && differenceCount == 0 && scopes.allSatisfy(\.isEqual) }

    mutating func add(difference: String) {
        differenceCount += 1
        if differences.count < Self.differenceLimit { differences.append(difference) }
    }
}

extension CheckReport {
    func json(_ names: (Scope) -> String) -> JSON {
        .object([
            ("holds", .boolean(holds)),
            (
                "scopes",
                .array(
                    scopes.map { line in
                        .object([
                            ("scope", .text(names(line.scope))), ("replicas", .array(line.holders.map(JSON.text))),
                            ("transactions", .integer(Int(clamping: line.transactions))),
                            ("equal", .boolean(line.isEqual)), ("digest", .optional(line.digest.map { "\($0)" })),
                        ])
                    })
            ),
            (
                "compared",
                .object([
                    ("stock", .integer(compared.stock)), ("points", .integer(compared.points)),
                    ("orders", .integer(compared.orders)), ("records", .integer(compared.records)),
                ])
            ),
            (
                "missing",
                .array(
                    lacks.map { lack in
                        .object([
                            ("replica", .text(lack.replica)), ("scope", .text(names(lack.scope))),
                            ("transactions", .integer(Int(clamping: lack.count))),
                        ])
                    })
            ),
            ("difference_count", .integer(differenceCount)), ("differences", .array(differences.map(JSON.text))),
        ])
    }

    func lines(_ names: (Scope) -> String) -> [String] {
        var rows = [["scopes", "count", "equal", "replicas", "transactions"]]
        for (kind, title) in [
            (Scope.Kind.chain, "chain"), (.customers, "customers"), (.books, "books"), (.stock, "stock"),
        ] {
            let part = scopes.filter { $0.scope.kind == kind }
            guard !part.isEmpty else { continue }
            let holders = Set(part.map(\.holders.count)).sorted()
            rows.append([
                title, part.count.grouped, part.count(where: \.isEqual).grouped,
                holders.map { $0.grouped }.joined(separator: " or "),
                part.reduce(0) { $0 + $1.transactions }.grouped,
            ])
        }
        var lines = TextTable(rows, right: [1, 2, 3, 4]).lines()
        lines += [
            "",
            "Compared with the log: \(compared.stock.grouped) stock records, \(compared.orders.grouped) orders, "
                + "points of \(compared.points.grouped) customers; \(compared.records.grouped) records read.",
        ]
        return lines + missing(names) + found
    }

    private func missing(_ names: (Scope) -> String) -> [String] {
        guard !lacks.isEmpty else { return [] }
        var lines = ["", "The replicas have not exchanged everything:"]
        let byReplica = Dictionary(grouping: lacks, by: \.replica).sorted { $0.key < $1.key }
        for (replica, lacks) in byReplica.prefix(Self.differenceLimit) {
            let total = lacks.reduce(0) { $0 + $1.count }
            let parts = lacks.prefix(3).map { lack in
                let makers = lack.transactions.prefix(3).map { "\($0.count.grouped) by \($0.member)" }
                let rest = lack.transactions.count > 3 ? " and others" : ""
                return "\(names(lack.scope)) (\(makers.joined(separator: ", "))\(rest))"
            }
            let more = lacks.count > 3 ? " and \((lacks.count - 3).grouped) more \(lacks.count == 4 ? "scope" : "scopes")" : ""
            lines.append("  \(replica) lacks \(total.counting("transaction")): \(parts.joined(separator: "; "))\(more)")
        }
        if byReplica.count > Self.differenceLimit {
            lines.append("  and \((byReplica.count - Self.differenceLimit).grouped) more replicas lack something")
        }
        return lines
    }

    private var found: [String] {
        guard differenceCount > 0 else { return [] }
        var lines = ["", "\(differenceCount.grouped) \(differenceCount == 1 ? "difference" : "differences"):"]
        lines += differences.map { "  \($0)" }
        if differenceCount > differences.count { lines.append("  and \((differenceCount - differences.count).grouped) more") }
        return lines
    }
}
