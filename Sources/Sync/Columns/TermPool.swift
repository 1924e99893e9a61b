internal import CRDT

/// The ids, texts and byte strings of a piece, each once.
///
/// A *term* is a class and a number: class 0 is a string of bytes as it is, any other one a prefix and a width (`P01234` is
/// prefix `P`, 5 digits, 1234). Texts that look like such an id are packed like one.
struct TermPool {
    /// By class, from 1: an id with that prefix and width.
    private(set) var classes: [Identifier] = []
    /// By term.
    private(set) var entries: [Entry] = []
    /// What the terms of class 0 say; their number is the place here.
    private(set) var strings: [[UInt8]] = []

    struct Entry {
        var kind: UInt32
        var number: UInt64
    }

    private var classNumbers: [ClassKey: UInt32] = [:]
    private var lastClass = (key: ClassKey(prefix: .max, digits: 0), number: UInt32(0))
    private var stringNumbers: [[UInt8]: UInt32] = [:]
    private var buckets = [UInt32](repeating: .max, count: 1 << 10)

    private struct ClassKey: Hashable {
        let prefix: UInt64
        let digits: UInt8
    }

    var count: Int { entries.count }

    mutating func term(of identifier: Identifier) -> UInt32 {
        guard let (prefix, digits, number) = identifier.numbered else { return term(ofString: identifier.textBytes ?? []) }
        let key = ClassKey(prefix: prefix, digits: digits)
        if key != lastClass.key { lastClass = (key, classNumber(of: key, like: identifier)) }
        return term(lastClass.number, number)
    }

    mutating func term(ofText text: String) -> UInt32 {
        if text.utf8.count <= Identifier.byteLimit, let packed = Identifier(text), packed.numbered != nil {
            return term(of: packed)
        }
        return term(ofString: Array(text.utf8))
    }

    mutating func term(ofString bytes: [UInt8]) -> UInt32 {
        if let known = stringNumbers[bytes] { return known }
        let term = UInt32(entries.count)
        entries.append(Entry(kind: 0, number: UInt64(strings.count)))
        strings.append(bytes)
        stringNumbers[bytes] = term
        return term
    }

    private mutating func classNumber(of key: ClassKey, like identifier: Identifier) -> UInt32 {
        if let known = classNumbers[key] { return known }
        classes.append(identifier.renumbered(0) ?? identifier)
        classNumbers[key] = UInt32(classes.count)
        return UInt32(classes.count)
    }

    /// Open addressing: a sale names some five ids, and a general dictionary took longer than all the rest.
    private mutating func term(_ kind: UInt32, _ number: UInt64) -> UInt32 {
        if entries.count * 2 > buckets.count { grow() }
        var place = Self.hash(kind, number, buckets.count)
        while buckets[place] != .max {
            let entry = entries[Int(buckets[place])]
            if entry.number == number, entry.kind == kind { return buckets[place] }
            place = (place &+ 1) & (buckets.count &- 1)
        }
        let term = UInt32(entries.count)
        buckets[place] = term
        entries.append(Entry(kind: kind, number: number))
        return term
    }

    private mutating func grow() {
        buckets = [UInt32](repeating: .max, count: buckets.count * 4)
        for (term, entry) in entries.enumerated() where entry.kind != 0 {
            var place = Self.hash(entry.kind, entry.number, buckets.count)
            while buckets[place] != .max { place = (place &+ 1) & (buckets.count &- 1) }
            buckets[place] = UInt32(term)
        }
    }

    @inline(__always)
    private static func hash(_ kind: UInt32, _ number: UInt64, _ count: Int) -> Int {
        let mixed = (number &+ UInt64(kind) &* 0x9e37_79b9_7f4a_7c15) &* 0xd6e8_feb8_6659_fd93
        return Int(truncatingIfNeeded: mixed >> 32) & (count - 1)
    }

    /// Puts the classes in their order in the piece, and renumbers the terms by it.
    mutating func sortClasses() {
        let order = classes.indices.sorted { classes[$0] < classes[$1] }
        var places = [UInt32](repeating: 0, count: classes.count + 1)
        for (place, old) in order.enumerated() { places[old + 1] = UInt32(place) + 1 }
        classes = order.map { classes[$0] }
        for index in entries.indices { entries[index].kind = places[Int(entries[index].kind)] }
    }

    /// The order of terms in a dictionary: by class, then by number, or as strings.
    func precedes(_ left: UInt32, _ right: UInt32) -> Bool {
        let (left, right) = (entries[Int(left)], entries[Int(right)])
        if left.kind != right.kind { return left.kind < right.kind }
        if left.kind != 0 { return left.number < right.number }
        return strings[Int(left.number)].lexicographicallyPrecedes(strings[Int(right.number)])
    }
}
