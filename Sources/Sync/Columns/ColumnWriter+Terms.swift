internal import CRDT

/// The identifiers of the columns so far, in the order of their first use.
struct KnownTerms {
    /// By term: its place; `max` for one that has not come.
    private(set) var places: [UInt32]
    private(set) var count = 0

    init(termCount: Int) {
        places = [UInt32](repeating: .max, count: termCount)
    }

    /// - Returns: the places of a column's terms.
    mutating func add(_ terms: [UInt32]) -> [UInt32] {
        terms.map { term in
            if places[Int(term)] == .max {
                places[Int(term)] = UInt32(count)
                count += 1
            }
            return places[Int(term)]
        }
    }
}

/// The places of a column's terms in its dictionary, which predictions by companion go by.
struct TermRanks {
    var ranks: [UInt32]
    var count: Int
}

extension ColumnWriter {
    /// - Returns: the ranks of the terms if they went by a dictionary.
    @discardableResult
    mutating func write(
        terms: [UInt32], of pool: TermPool, owners: [UInt32], echoes: [UInt32]? = nil, known: KnownTerms? = nil
    ) -> TermRanks? {
        guard terms.count >= IntegerMode.smallestCount else {
            write(DirectChoice(terms, of: pool), of: pool)
            return nil
        }
        if let echoes, echoes == terms {
            tokens.write(byte: TermMode.echo.rawValue)
            return nil
        }
        let choice = TermChoice(terms, of: pool, owners: owners, known: known)
        tokens.write(byte: choice.mode.rawValue)
        switch choice.mode {
        case .known:
            write(choice.places)
            write(choice.direct, of: pool)
        case .dictionary, .sorted:
            write(number: UInt64(choice.direct.terms.count))
            write(choice.direct, of: pool)
            if choice.mode == .dictionary { write(choice.levels) }
            write(choice.places)
        case .direct, .echo: write(choice.direct, of: pool)
        }
        return choice.ranks
    }

    /// Classes, numbers, lengths of strings, strings.
    mutating func write(_ direct: DirectChoice, of pool: TermPool) {
        write(direct.kinds)
        write(direct.numbers)
        write(direct.lengths)
        for term in direct.terms where pool.entries[Int(term)].kind == 0 {
            tokens.bytes.append(contentsOf: pool.strings[Int(pool.entries[Int(term)].number)])
        }
    }
}

/// The columns of terms that are written one by one.
struct DirectChoice {
    let terms: [UInt32]
    let kinds: ColumnChoice
    let numbers: ColumnChoice
    let lengths: ColumnChoice
    let cost: UInt64

    init(_ terms: [UInt32], of pool: TermPool) {
        self.terms = terms
        let entries = terms.map { pool.entries[Int($0)] }
        let strings = entries.lazy.filter { $0.kind == 0 }.map { UInt64(pool.strings[Int($0.number)].count) }
        kinds = ColumnChoice(entries.map { UInt64($0.kind) }, signed: false)
        numbers = ColumnChoice(entries.lazy.filter { $0.kind != 0 }.map(\.number), signed: false)
        lengths = ColumnChoice(Array(strings), signed: false)
        // Text takes some five bits a byte.
        cost = kinds.cost + numbers.cost + lengths.cost + strings.reduce(0, +) * (5 << 8)
    }
}
