internal import CRDT

/// The places of a column's terms in its dictionary, which predictions by companion go by.
struct TermRanks {
    var ranks: [UInt32]
    var count: Int
}

extension ColumnWriter {
    /// - Parameter echoes: what the terms would be as echoes; nil if there is none for some value.
    /// - Returns: the ranks of the terms if they went by a dictionary.
    mutating func write(terms: [UInt32], of pool: TermPool, echoes: [UInt32]? = nil) -> TermRanks? {
        guard terms.count >= IntegerMode.smallestCount else {
            write(direct: terms, of: pool)
            return nil
        }
        if let echoes, echoes == terms {
            tokens.write(byte: TermMode.echo.rawValue)
            return nil
        }
        var uses = [UInt32](repeating: 0, count: pool.count)
        var distinct: [UInt32] = []
        for term in terms {
            if uses[Int(term)] == 0 { distinct.append(term) }
            uses[Int(term)] += 1
        }
        guard distinct.count * 4 < terms.count * 3 else {
            tokens.write(byte: TermMode.direct.rawValue)
            write(direct: terms, of: pool)
            return nil
        }
        distinct.sort { pool.precedes($0, $1) }
        let levels = distinct.map { RankedValues.level(ofUses: Int(uses[Int($0)])) }
        tokens.write(byte: TermMode.dictionary.rawValue)
        write(number: UInt64(distinct.count))
        write(direct: distinct, of: pool)
        write(integers: levels, signed: false)
        for (index, rank) in RankedValues.ranks(of: levels).enumerated() { uses[Int(distinct[index])] = rank }
        let ranks = terms.map { uses[Int($0)] }
        write(integers: ranks.map(UInt64.init), signed: false)
        return TermRanks(ranks: ranks, count: distinct.count)
    }

    /// Classes, numbers, lengths of strings, strings.
    mutating func write(direct terms: [UInt32], of pool: TermPool) {
        let entries = terms.map { pool.entries[Int($0)] }
        write(integers: entries.map { UInt64($0.kind) }, signed: false)
        write(integers: entries.lazy.filter { $0.kind != 0 }.map(\.number), signed: false)
        let strings = entries.lazy.filter { $0.kind == 0 }.map { pool.strings[Int($0.number)] }
        write(integers: strings.map { UInt64($0.count) }, signed: false)
        for string in strings { tokens.bytes.append(contentsOf: string) }
    }
}
