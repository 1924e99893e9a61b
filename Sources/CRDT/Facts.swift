/// The identity of a fact: who was running when it was stated, and a number that it drew then.
///
/// It outlives the dot: a fact that is sent again under a new dot, after its incarnation was closed, keeps its identity, so
/// it is counted once however often it arrives.
public struct FactID: Hashable, Comparable, Sendable {
    /// 128 random bits, drawn each time a replica opens; two clones of one file draw different ones.
    public let run: Run
    /// The sequence of the transaction that stated the fact, within its scope.
    public let sequence: UInt64
    /// The fact's place in its record's field among those of that transaction.
    public let index: UInt64

    public init(run: Run, sequence: UInt64, index: UInt64) {
        self.run = run
        self.sequence = sequence
        self.index = index
    }

    public static func < (left: FactID, right: FactID) -> Bool {
        (left.run, left.sequence, left.index) < (right.run, right.sequence, right.index)
    }
}

/// One opening of a replica, and the incarnation that opened: the tag by which facts are counted.
public struct Run: Hashable, Comparable, Sendable {
    public let origin: Origin
    public let high: UInt64
    public let low: UInt64

    public init(origin: Origin, high: UInt64, low: UInt64) {
        self.origin = origin
        self.high = high
        self.low = low
    }

    public static func < (left: Run, right: Run) -> Bool {
        (left.origin, left.high, left.low) < (right.origin, right.high, right.low)
    }
}

/// An immutable statement of something that happened. Nothing ever replaces it.
public struct Fact: Hashable, Sendable {
    public let id: FactID
    /// The dot under which it is held here.
    public let dot: Dot
    public let value: Value
}

extension Record {
    /// States a fact; its identity follows from its dot and index, and costs nothing to store.
    ///
    /// - Parameter index: distinct among the facts of this field and transaction.
    public mutating func state(_ value: Value, in field: UInt32, index: UInt64, at version: Version) {
        let slot = SlotKey(field: field, element: .index(Mutants.isOn("facts-share-one-place") ? 0 : index))
        write(Cell(slot: slot, dot: version.dot, stamp: version.stamp, content: .value(value))) { _ in false }
    }

    /// States a fact again under a new dot, with the identity that it was born with.
    public mutating func restate(_ value: Value, as id: FactID, in field: UInt32, at version: Version) {
        let slot = SlotKey(field: field, element: id.element)
        write(Cell(slot: slot, dot: version.dot, stamp: version.stamp, content: .value(value))) { _ in true }
    }

    /// The facts of a field, each identity once, ascending by identity.
    ///
    /// - Parameters:
    ///   - field: the facts' field.
    ///   - runOf: the run under which a dot's transaction was made; nil leaves the dot's facts out.
    public func facts(_ field: UInt32, runOf: (Dot) -> Run?) -> [Fact] {
        var facts: [FactID: Fact] = [:]
        for cell in cells(ofField: field) {
            guard let value = cell.value, let id = factID(of: cell, runOf: runOf) else { continue }
            if facts[id] == nil { facts[id] = Fact(id: id, dot: cell.dot, value: value) }
        }
        return facts.values.sorted { $0.id < $1.id }
    }

    private func factID(of cell: Cell, runOf: (Dot) -> Run?) -> FactID? {
        switch cell.slot.element {
        case .index(let index): runOf(cell.dot).map { FactID(run: $0, sequence: cell.dot.sequence, index: index) }
        case .bytes(let bytes): FactID(explicit: bytes)
        case .none, .identifier: nil
        }
    }
}

extension FactID {
    /// The element under which a fact stands that does not take its identity from its dot.
    public var element: Element {
        var writer = ByteWriter(reservingCapacity: 40)
        encode(into: &writer)
        return .bytes(writer.bytes)
    }

    private func encode(into writer: inout ByteWriter) {
        writer.write(fixed64: run.origin.rawValue)
        writer.write(fixed64: run.high)
        writer.write(fixed64: run.low)
        writer.write(varint: sequence)
        writer.write(varint: index)
    }

    /// - Returns: nil for bytes that are no identity.
    init?(explicit bytes: [UInt8]) {
        let id = bytes.withUnsafeBytes { raw in
            var reader = ByteReader(raw)
            return try? FactID(decoding: &reader)
        }
        guard let id else { return nil }
        self = id
    }

    private init(decoding reader: inout ByteReader) throws(CodecError) {
        let origin = Origin(rawValue: try reader.readFixed64())
        run = Run(origin: origin, high: try reader.readFixed64(), low: try reader.readFixed64())
        sequence = try reader.readVarint()
        index = try reader.readVarint()
        try reader.expectEnd()
    }
}
