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
typealias Row = PackedCells

extension Row {
    static let checksumBytes = 4
}

/// Packs records into rows and back, for one file.
struct RowCodec {
    var origins: OriginNumbers
    /// What stamps are written relative to, in milliseconds since 1970.
    let epoch: Int64

    /// - Parameter cells: ascending by slot and dot, none held, not empty.
    mutating func encode(_ cells: [Cell], key: UnsafeRawBufferPointer) -> Row {
        var writer = ByteWriter(reservingCapacity: 32 + cells.count * 10)
        writer.write(fixed32: 0)
        var place = Place(milliseconds: epoch)
        var groups = PackedCells.groups(of: cells)
        for index in groups.indices {
            write(groups[index], after: &place, into: &writer)
            groups[index].body = writer.writeCounted { CellGroup.encode(cells, of: groups[index].dot, into: &$0) }
        }
        writer.seal(key: key)
        return Row(bytes: writer.bytes, groups: groups)
    }

    /// Packs groups that stand elsewhere into a row: of distinct dots, none held, not empty in all.
    mutating func encode(
        _ left: [Row.Group], in leftBytes: UnsafeRawBufferPointer, _ right: [Row.Group],
        in rightBytes: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, into writer: inout ByteWriter
    ) {
        writer.bytes.removeAll(keepingCapacity: true)
        writer.write(fixed32: 0)
        var place = Place(milliseconds: epoch)
        var (nextLeft, nextRight) = (0, 0)
        while nextLeft < left.count || nextRight < right.count {
            let isLeft =
                nextRight == right.count || nextLeft < left.count && left[nextLeft].dot < right[nextRight].dot
            let group = isLeft ? left[nextLeft] : right[nextRight]
            write(group, after: &place, into: &writer)
            writer.write(varint: UInt64(group.body.count))
            writer.write(raw: UnsafeRawBufferPointer(rebasing: (isLeft ? leftBytes : rightBytes)[group.body]))
            if isLeft { nextLeft += 1 } else { nextRight += 1 }
        }
        writer.seal(key: key)
    }

    /// What a group's head is written relative to: the group before.
    private struct Place {
        var dot = Dot(origin: Origin(rawValue: 0), sequence: 0)
        var milliseconds: Int64
    }

    private mutating func write(_ head: Row.Group, after place: inout Place, into writer: inout ByteWriter) {
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

    /// Reads a row's groups after checking its checksum; the cells stay packed.
    func parse(_ bytes: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer) throws(CodecError) -> [Row.Group] {
        var groups: [Row.Group] = []
        try parse(bytes, key: key, into: &groups)
        return groups
    }

    /// - Parameter groups: what it held before goes.
    func parse(
        _ bytes: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, into groups: inout [Row.Group]
    ) throws(CodecError) {
        groups.removeAll(keepingCapacity: true)
        var reader = ByteReader(bytes)
        let sum = try reader.readFixed32()
        let body = UnsafeRawBufferPointer(rebasing: bytes[Row.checksumBytes...])
        let isWhole = sum == rowChecksum(key: key, body: body) || Mutants.isOn("row-checksum-is-not-checked")
        guard isWhole else { throw .notCanonical(offset: 0) }
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
                .init(dot: last.dot, stamp: stamp, hasMarks: head & 2 != 0, isHeld: false, body: bodyStart..<bodyStart + length)
            )
        }
    }
}

extension ByteWriter {
    /// Writes the checksum over a row's key and groups into the place that was left for it.
    fileprivate mutating func seal(key: UnsafeRawBufferPointer) {
        bytes.withUnsafeMutableBytes { bytes in
            let sum = rowChecksum(key: key, body: UnsafeRawBufferPointer(rebasing: bytes[Row.checksumBytes...]))
            bytes.storeBytes(of: sum.bigEndian, as: UInt32.self)
        }
    }
}
