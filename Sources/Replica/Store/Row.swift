internal import CRDT

/// A record as it is stored: one row, its cells grouped by the transaction that wrote them.
///
///     row     checksum (4 bytes, over key and groups), groups ascending by dot
///     group   varint: number of the origin in this file << 2 | has touch marks << 1 | has a stamp
///             varint: sequence, less that of the group before if the origin is the same
///             with a stamp: zigzag varint of milliseconds, less those of the group before or the file's epoch, << 1 |
///                 has a counter; [varint counter]
///             varint: length; the cells (`CellGroup`)
///
/// Only the numbers of origins and the epoch are the file's own; cells are copied between files as they are.
struct Row {
    struct Group {
        let dot: Dot
        let stamp: HLC
        let hasMarks: Bool
        /// Where its cells stand in the row.
        let body: Range<Int>
    }

    static let checksumBytes = 4

    var bytes: [UInt8] = []
    var groups: [Group] = []

    var hasMarks: Bool {
        for group in groups where group.hasMarks { return true }
        return false
    }
}

/// Packs records into rows and back, for one file.
struct RowCodec {
    var origins: OriginNumbers
    /// What stamps are written relative to, in milliseconds since 1970.
    let epoch: Int64

    init(origins: OriginNumbers, epoch: Int64) {
        self.origins = origins
        self.epoch = epoch
    }

    /// - Parameter cells: ascending by slot and dot, none held, not empty.
    mutating func encode(_ cells: [Cell], key: UnsafeRawBufferPointer) -> Row {
        var row = Row()
        var writer = ByteWriter(reservingCapacity: 32 + cells.count * 10)
        writer.write(fixed32: 0)
        var place = Place(milliseconds: epoch)
        let heads = Self.heads(of: cells)
        row.groups.reserveCapacity(heads.count)
        for head in heads {
            write(head, after: &place, into: &writer)
            let body = writer.writeCounted { CellGroup.encode(cells, of: head.dot, into: &$0) }
            row.groups.append(.init(dot: head.dot, stamp: head.stamp, hasMarks: head.hasMarks, body: body))
        }
        row.bytes = writer.bytes
        row.seal(key: key)
        return row
    }

    /// What a group's head is written relative to: the group before.
    private struct Place {
        var dot = Dot(origin: Origin(rawValue: 0), sequence: 0)
        var milliseconds: Int64
    }

    private struct GroupHead {
        let dot: Dot
        let stamp: HLC
        var hasMarks: Bool
    }

    private mutating func write(_ head: GroupHead, after place: inout Place, into writer: inout ByteWriter) {
        let flags: UInt64 = (head.hasMarks ? 2 : 0) | (head.stamp == .none ? 0 : 1)
        writer.write(varint: UInt64(origins.number(of: head.dot.origin)) << 2 | flags)
        writer.write(varint: head.dot.sequence &- (head.dot.origin == place.dot.origin ? place.dot.sequence : 0))
        if head.stamp != .none {
            let hasCounter = head.stamp.counter != 0
            writer.write(zigzag: (head.stamp.milliseconds - place.milliseconds) << 1 | (hasCounter ? 1 : 0))
            if hasCounter { writer.write(varint: UInt64(head.stamp.counter)) }
            place.milliseconds = head.stamp.milliseconds
        }
        place.dot = head.dot
    }

    /// The distinct dots of some cells, ascending.
    private static func heads(of cells: [Cell]) -> [GroupHead] {
        guard let first = cells.first else { return [] }
        var heads = [GroupHead(dot: first.dot, stamp: first.stamp, hasMarks: first.isMark)]
        var positions: [Dot: Int] = [:]
        for index in cells.indices.dropFirst() {
            let dot = cells[index].dot
            let known =
                if let last = heads.last, last.dot == dot {
                    Optional(heads.count - 1)
                } else {
                    heads.count <= 8 ? heads.firstIndex { $0.dot == dot } : positions[dot]
                }
            if let known {
                if cells[index].isMark { heads[known].hasMarks = true }
            } else {
                if heads.count == 8 { for (index, head) in heads.enumerated() { positions[head.dot] = index } }
                if heads.count >= 8 { positions[dot] = heads.count }
                heads.append(GroupHead(dot: dot, stamp: cells[index].stamp, hasMarks: cells[index].isMark))
            }
        }
        if heads.count > 1 { heads.sort { $0.dot < $1.dot } }
        return heads
    }

    /// Reads a row's groups after checking its checksum; the cells stay packed.
    func parse(_ bytes: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer) throws(CodecError) -> [Row.Group] {
        var reader = ByteReader(bytes)
        let sum = try reader.readFixed32()
        let body = UnsafeRawBufferPointer(rebasing: bytes[Row.checksumBytes...])
        guard sum == rowChecksum(key: key, body: body) else { throw .notCanonical(offset: 0) }
        var groups: [Row.Group] = []
        var last = (dot: Dot(origin: Origin(rawValue: 0), sequence: 0), milliseconds: epoch)
        while !reader.isAtEnd {
            let start = reader.offset
            let head = try reader.readVarint()
            guard let origin = origins.origin(Int(truncatingIfNeeded: head >> 2)) else { throw .outOfRange(offset: start) }
            var sequence = try reader.readVarint()
            if origin == last.dot.origin { sequence &+= last.dot.sequence }
            var stamp = HLC.none
            if head & 1 != 0 {
                let difference = try reader.readZigzag()
                last.milliseconds &+= difference >> 1
                stamp = HLC(milliseconds: last.milliseconds)
                if difference & 1 != 0 { stamp.rawValue |= try reader.readVarint() & 0xFFFF }
            }
            last.dot = Dot(origin: origin, sequence: sequence)
            let length = try reader.readCount(limit: Limits.recordBytes)
            let bodyStart = reader.offset
            _ = try reader.readRaw(length)
            groups.append(
                .init(dot: last.dot, stamp: stamp, hasMarks: head & 2 != 0, body: bodyStart..<bodyStart + length))
        }
        return groups
    }

    /// All cells of a row, ascending by slot and dot.
    func cells(_ bytes: UnsafeRawBufferPointer, _ groups: [Row.Group]) throws(CodecError) -> [Cell] {
        var cells: [Cell] = []
        cells.reserveCapacity(bytes.count / 6 + 2)
        for group in groups {
            let start = cells.count
            var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[group.body]))
            try CellGroup.decode(&reader, dot: group.dot, stamp: group.stamp, appendingTo: &cells)
            if start > 0 { cells.mergeRuns(meetingAt: start) }
        }
        return cells
    }
}

extension ByteWriter {
    /// Writes a length, then what the body writes, of that length.
    ///
    /// - Returns: where the body's bytes stand.
    fileprivate mutating func writeCounted(_ body: (inout ByteWriter) -> Void) -> Range<Int> {
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

extension Row {
    /// Writes the checksum over key and groups.
    mutating func seal(key: UnsafeRawBufferPointer) {
        let sum = bytes.withUnsafeBytes {
            rowChecksum(key: key, body: UnsafeRawBufferPointer(rebasing: $0[Row.checksumBytes...]))
        }
        for index in 0..<4 { bytes[index] = UInt8(truncatingIfNeeded: sum >> (24 - 8 * UInt32(index))) }
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
