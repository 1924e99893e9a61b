internal import CRDT

/// Tells which of many ascending keys have a record: one look at the table serves all that lie before the next one there is.
struct PresentKeys {
    private let tables: Tables
    /// The first key at or behind the last one that was looked up; nil if there is none.
    private var next: [UInt8]?
    private var hasLooked = false

    init(_ tables: Tables) {
        self.tables = tables
    }

    /// - Parameter key: not below the one that was asked for before.
    mutating func contains(_ key: UnsafeRawBufferPointer) throws -> Bool {
        if !hasLooked || next.map({ $0.lexicographicallyPrecedes(key) }) ?? false {
            next = try tables.recordKey(atOrBehind: key)
            hasLooked = true
        }
        return next.map { $0.elementsEqual(key) } ?? false
    }
}
