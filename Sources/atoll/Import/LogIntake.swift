import CZstd
import Glibc
import Simulation

/// The first pass over a log that is to be imported: every line is checked, and a packed copy is made.
///
/// The copy holds the events in canonical form, so that one log is recognised however its file was packed or spaced; it is
/// also what the second pass reads, so that a log may come through a pipe.
struct LogIntake {
    let header: LogHeader
    /// SHA-256 of the canonical lines, in hexadecimal.
    let digest: String
    let events: Int
    let orders: Int
    /// The replicas that made the events, in the order of their first one.
    let names: [String]

    /// - Parameters:
    ///   - reader: stands behind the header.
    ///   - path: a new file, for the copy.
    init(_ reader: consuming LogReader, copyTo path: String, isQuiet: Bool) throws {
        header = reader.header
        let digest = try ContentDigest()
        let output = try Output(path: path)
        var packer = LogPacker(output, digest)
        var encoder = LogEncoder()
        encoder.append(header)
        var progress = ProgressLine("checked", "KiB", total: reader.bytesTotal.map { $0 >> 10 }, isQuiet: isQuiet)
        var (events, orders, names, known) = (0, 0, [String](), Set<String>())
        while let event = try reader.next() {
            encoder.append(event)
            if encoder.bytes.count >= LogPacker.chunkBytes { try encoder.flush { try packer.append($0) } }
            if known.insert(event.replica).inserted { names.append(event.replica) }
            if case .order = event.kind { orders += 1 }
            events += 1
            if events % 256 == 0 {
                progress.update(reader.bytesRead >> 10)
                try Interruption.check()
            }
        }
        try encoder.flush { try packer.append($0) }
        try output.flush()
        try output.sync()
        progress.finish()
        (self.events, self.orders, self.names, self.digest) = (events, orders, names, digest.finish())
    }
}

/// Packs a log as zstd frames of about a megabyte each, which any zstd program unpacks as one file.
private struct LogPacker {
    static let chunkBytes = 1 << 20

    private let output: Output
    private let digest: ContentDigest
    private var room: [UInt8] = []

    init(_ output: Output, _ digest: ContentDigest) {
        self.output = output
        self.digest = digest
    }

    mutating func append(_ bytes: [UInt8]) throws {
        digest.add(bytes)
        let bound = ZSTD_compressBound(bytes.count)
        if room.count < bound { room = [UInt8](repeating: 0, count: bound) }
        let count = ZSTD_compress(&room, room.count, bytes, bytes.count, 3)
        guard ZSTD_isError(count) == 0 else {
            throw CommandError(
                code: .storage, description: "zstd failed: \(String(cString: ZSTD_getErrorName(count))). Free some memory.")
        }
        try output.write(Array(room[..<count]))
    }
}
