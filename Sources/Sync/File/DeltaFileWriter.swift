internal import CRDT
public import Replica

/// Writes deltas of several scopes to one file that can travel on a stick.
///
///     file    prologue, sections, trailer
///     block   byte kind, length (4 bytes), content, checksum (4 bytes)
///
/// Every checksum is CRC-32 over all bytes before it but earlier checksums, so the last one covers the file, and the first
/// one that does not fit tells where the damage is. Only one piece is in memory at a time.
public final class DeltaFileWriter {
    private let sink: ([UInt8]) throws -> Void
    private var checksum = Checksum()
    private var encoder: PieceEncoder?
    private var lastKey: RecordKey?
    private var isFinished = false
    public private(set) var counts = DeltaFileCounts()

    /// - Parameter sink: takes the file's bytes, in order; what it throws is passed on.
    public init(_ prologue: DeltaFilePrologue, sink: @escaping ([UInt8]) throws -> Void) throws {
        self.sink = sink
        var writer = ByteWriter(reservingCapacity: 64)
        prologue.encode(into: &writer)
        try emit(&writer)
    }

    /// Begins the section of another delta.
    public func begin(_ header: DeltaHeader) throws {
        var writer = ByteWriter(reservingCapacity: 1024)
        header.encode(into: &writer)
        try emit(DeltaFileBlock.section, writer.bytes)
        encoder = try PieceEncoder(header)
        lastKey = nil
        counts.sections += 1
    }

    /// Appends records to the section that was begun last.
    ///
    /// - Parameter records: ascending by key, after those appended before.
    public func append(_ records: [DeltaRecord]) throws {
        guard let encoder else { preconditionFailure("a section is begun before its records come") }
        if let lastKey, let first = records.first?.key, first <= lastKey {
            throw PieceError.malformed(.keysOutOfOrder(first))
        }
        var next = 0
        while next < records.count {
            let piece = try encoder.encode(records, from: next)
            try emit(DeltaFileBlock.piece, piece.bytes)
            counts.pieces += 1
            counts.records += piece.next - next
            next = piece.next
        }
        lastKey = records.last?.key ?? lastKey
    }

    /// Appends what a replica holds of a scope and whoever stands at a cut lacks, as a section of its own; nothing if that is nothing.
    ///
    /// - Parameter checking: whether to go on; asked every MiB or so.
    public func append(
        _ scope: Scope, of replica: Replica, for base: Cut, checking: () throws -> Void = {}
    ) throws {
        guard let extraction = try replica.extraction(scope, for: base) else { return }
        try begin(extraction.header)
        var position = 0
        while position < extraction.keys.count {
            let part = try replica.records(of: extraction, from: position, byteBudget: 1 << 20)
            try append(part.records)
            position = part.next
            try checking()
        }
    }

    /// Ends the file; without this it counts as truncated.
    public func finish() throws {
        precondition(!isFinished, "a file is finished once")
        isFinished = true
        var writer = ByteWriter(reservingCapacity: 32)
        counts.encode(into: &writer)
        try emit(DeltaFileBlock.trailer, writer.bytes)
    }

    private func emit(_ kind: UInt8, _ content: [UInt8]) throws {
        var writer = ByteWriter(reservingCapacity: content.count + 16)
        writer.write(byte: kind)
        writer.write(fixed32: UInt32(content.count))
        writer.bytes.append(contentsOf: content)
        try emit(&writer)
    }

    private func emit(_ writer: inout ByteWriter) throws {
        checksum.add(writer.bytes)
        writer.write(fixed32: checksum.value)
        try sink(writer.bytes)
    }
}
