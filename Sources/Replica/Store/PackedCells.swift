public import CRDT

/// The cells of a record, packed by the transaction that wrote them: how records are stored and travel inside the engine.
///
/// Most records are copied between files, deltas and rows without anybody looking at their cells.
public struct PackedCells: Sendable {
    struct Group: Hashable {
        let dot: Dot
        let stamp: HLC
        var hasMarks: Bool
        /// Only in a delta: the cells live, and whoever may join the delta has their values. They are packed like touch marks.
        var isHeld: Bool
        /// Where its cells (`CellGroup`) stand in `bytes`.
        var body: Range<Int>
    }

    /// The bodies; other bytes may stand between them.
    var bytes: [UInt8]
    /// Ascending by dot, of one dot the held cells last.
    var groups: [Group]

    init(bytes: [UInt8] = [], groups: [Group] = []) {
        self.bytes = bytes
        self.groups = groups
    }

    /// - Parameter cells: ascending by slot and dot, within `Limits`, those of one dot under one stamp.
    init(_ cells: [Cell]) {
        if let only = Self.onlyGroup(of: cells) {
            self.init(ofOne: only, cells)
        } else {
            self.init(ofMany: cells)
        }
    }

    /// Of nearly all records all cells are of one transaction.
    private static func onlyGroup(of cells: [Cell]) -> Group? {
        guard let first = cells.first else { return nil }
        var group = Group(first)
        for index in cells.indices {
            guard cells[index].dot == group.dot, !cells[index].isHeld else { return nil }
            if cells[index].isMark { group.hasMarks = true }
        }
        return group
    }

    private init(ofOne group: Group, _ cells: [Cell]) {
        var writer = ByteWriter(reservingCapacity: cells.count * 10)
        CellGroup.encode(cells, of: group.dot, into: &writer)
        var group = group
        group.body = 0..<writer.count
        self.init(bytes: writer.bytes, groups: [group])
    }

    private init(ofMany cells: [Cell]) {
        var writer = ByteWriter(reservingCapacity: cells.count * 10)
        var groups: [Group] = []
        for (part, held) in [(cells.filter { !$0.isHeld }, false), (cells.filter(\.isHeld).map(\.asMark), true)] {
            for var group in Self.groups(of: part) {
                let start = writer.count
                CellGroup.encode(part, of: group.dot, into: &writer)
                group.body = start..<writer.count
                group.isHeld = held
                groups.append(group)
            }
        }
        self.init(
            bytes: writer.bytes, groups: groups.sorted { ($0.dot, $0.isHeld ? 1 : 0) < ($1.dot, $1.isHeld ? 1 : 0) })
    }

    var hasMarks: Bool {
        for group in groups where group.hasMarks { return true }
        return false
    }

    /// Whether two such together are within the limits of a record, without a look at their cells: each takes a byte or more.
    var isSmall: Bool { bytes.count < Limits.cellsPerRecord / 2 }

    /// All cells, ascending by slot and dot.
    public func cells() throws(CodecError) -> [Cell] {
        try cells(of: groups)
    }

    func cells(of groups: [Group]) throws(CodecError) -> [Cell] {
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(CodecError) in try Self.cells(bytes, groups) }
        }
        return try result.get()
    }

    static func cells(_ bytes: UnsafeRawBufferPointer, _ groups: [Group]) throws(CodecError) -> [Cell] {
        var cells: [Cell] = []
        cells.reserveCapacity(bytes.count / 6 + 2)
        try read(bytes, groups, into: &cells)
        return cells
    }

    /// - Parameter cells: what it held before goes.
    func readCells(into cells: inout [Cell]) throws(CodecError) {
        cells.removeAll(keepingCapacity: true)
        try bytes.span.withUnsafeBytes { (bytes) throws(CodecError) in try Self.read(bytes, groups, into: &cells) }
    }

    private static func read(
        _ bytes: UnsafeRawBufferPointer, _ groups: [Group], into cells: inout [Cell]
    ) throws(CodecError) {
        for group in groups {
            let start = cells.count
            try append(group, of: bytes, to: &cells)
            if start > 0 { cells.mergeRuns(meetingAt: start) }
        }
    }

    /// Appends the cells of some groups, group by group.
    ///
    /// - Parameter field: cells of later fields are not wanted.
    func append(
        _ groups: ArraySlice<Group>, upTo field: UInt32 = .max, to cells: inout [Cell]
    ) throws(CodecError) {
        let failure = bytes.withUnsafeBytes { bytes -> CodecError? in
            do throws(CodecError) {
                for group in groups { try Self.append(group, of: bytes, upTo: field, to: &cells) }
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    static func append(
        _ group: Group, of bytes: UnsafeRawBufferPointer, upTo field: UInt32 = .max, to cells: inout [Cell]
    ) throws(CodecError) {
        let start = cells.count
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[group.body]))
        try CellGroup.decode(&reader, dot: group.dot, stamp: group.stamp, upTo: field, appendingTo: &cells)
        if group.isHeld { for index in start..<cells.count { cells[index].content = .held } }
    }

    /// What is beyond a vector, if no cell under it shares a slot with that: then the groups stand as they are.
    ///
    /// - Parameter cells: room for those that are compared.
    /// - Returns: nil if some slot holds cells on both sides, or if that takes long to find out.
    func news(beyond vector: VersionVector, _ cells: inout [Cell]) throws(CodecError) -> PackedCells? {
        let isMuting = Mutants.isOn("removal-shipped-without-its-mark")
        let news = groups.filter { !vector.covers($0.dot) && !(isMuting && $0.hasMarks) }
        cells.removeAll(keepingCapacity: true)
        try append(news[...], to: &cells)
        let newCount = cells.count
        guard newCount <= 8, let last = cells.lazy.map(\.slot.field).max() else { return nil }
        try append(groups.filter { vector.covers($0.dot) }[...], upTo: last, to: &cells)
        for old in newCount..<cells.count {
            for new in 0..<newCount where cells[old].slot == cells[new].slot { return nil }
        }
        var packed = PackedCells()
        for var group in news {
            let start = packed.bytes.count
            packed.bytes.append(contentsOf: bytes[group.body])
            group.body = start..<packed.bytes.count
            packed.groups.append(group)
        }
        return packed
    }

    /// The distinct dots of some cells, ascending, with bodies yet to be written.
    static func groups(of cells: [Cell]) -> [Group] {
        guard let first = cells.first else { return [] }
        var groups: [Group] = []
        groups.reserveCapacity(2)
        groups.append(Group(first))
        var positions: [Dot: Int] = [:]
        for index in cells.indices.dropFirst() {
            let dot = cells[index].dot
            let known =
                if let last = groups.last, last.dot == dot {
                    Optional(groups.count - 1)
                } else {
                    groups.count <= 8 ? groups.firstIndex { $0.dot == dot } : positions[dot]
                }
            if let known {
                if cells[index].isMark { groups[known].hasMarks = true }
            } else {
                if groups.count == 8 { for (index, group) in groups.enumerated() { positions[group.dot] = index } }
                if groups.count >= 8 { positions[dot] = groups.count }
                groups.append(Group(cells[index]))
            }
        }
        if groups.count > 1 { groups.sort { $0.dot < $1.dot } }
        return groups
    }
}

extension PackedCells.Group {
    fileprivate init(_ cell: Cell) {
        self.init(dot: cell.dot, stamp: cell.stamp, hasMarks: cell.isMark, isHeld: false, body: 0..<0)
    }
}

extension PackedCells: Hashable {
    public static func == (left: PackedCells, right: PackedCells) -> Bool {
        left.groups.count == right.groups.count
            && zip(left.groups, right.groups).allSatisfy { mine, theirs in
                mine.dot == theirs.dot && mine.stamp == theirs.stamp && mine.isHeld == theirs.isHeld
                    && mine.hasMarks == theirs.hasMarks && left.bytes[mine.body] == right.bytes[theirs.body]
            }
    }

    public func hash(into hasher: inout Hasher) {
        for group in groups {
            hasher.combine(group.dot)
            hasher.combine(bytes[group.body])
        }
    }
}

extension Cell {
    fileprivate var isHeld: Bool {
        if case .held = content { true } else { false }
    }

    fileprivate var asMark: Cell {
        var cell = self
        cell.content = .removed
        return cell
    }
}

extension ByteWriter {
    /// Writes a length, then what the body writes, of that length.
    ///
    /// - Returns: where the body's bytes stand.
    mutating func writeCounted(_ body: (inout ByteWriter) -> Void) -> Range<Int> {
        let start = count
        write(byte: 0)
        body(&self)
        let length = count - start - 1
        guard length >= 0x80 else {
            bytes[start] = UInt8(length)
            return start + 1..<count
        }
        var prefix = ByteWriter()
        prefix.write(varint: UInt64(length))
        bytes.replaceSubrange(start...start, with: prefix.bytes)
        return start + prefix.count..<count
    }
}

extension [Cell] {
    /// Merges two neighbouring ascending runs into one.
    mutating func mergeRuns(meetingAt middle: Int) {
        guard middle < count, Self.ascends(self[middle], self[middle - 1]) else { return }
        var merged: [Cell] = []
        merged.reserveCapacity(count)
        var (left, right) = (0, middle)
        while left < middle, right < count {
            if Self.ascends(self[right], self[left]) {
                merged.append(self[right])
                right += 1
            } else {
                merged.append(self[left])
                left += 1
            }
        }
        merged.append(contentsOf: self[left..<middle])
        merged.append(contentsOf: self[right...])
        self = merged
    }

    private static func ascends(_ first: Cell, _ second: Cell) -> Bool {
        first.slot == second.slot ? first.dot < second.dot : first.slot < second.slot
    }
}
