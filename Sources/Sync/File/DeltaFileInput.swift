internal import CRDT
internal import Replica

/// Cuts a file's bytes into blocks, and checks their checksums.
struct DeltaFileInput {
    private let source: () throws -> [UInt8]?
    private var chunk: ArraySlice<UInt8> = []
    private(set) var offset = 0
    private(set) var checksum = Checksum()

    init(source: @escaping () throws -> [UInt8]?) {
        self.source = source
    }

    mutating func readPrologue() throws -> DeltaFilePrologue {
        let lead = try take(atMost: DeltaFilePrologue.leadBytes)
        let magic = DeltaFilePrologue.magic
        guard lead.prefix(magic.count).elementsEqual(magic.prefix(lead.count)), !lead.isEmpty else {
            throw DeltaFileError.notADeltaFile
        }
        guard lead.count == DeltaFilePrologue.leadBytes else { throw DeltaFileError.truncated(offset: offset) }
        guard lead[magic.count] == DeltaFilePrologue.version else {
            throw DeltaFileError.newerVersion(found: lead[magic.count], supported: DeltaFilePrologue.version)
        }
        let body = try take(DeltaFilePrologue.bodyBytes)
        checksum.add(lead)
        checksum.add(body)
        try checkSum(section: nil, piece: nil)
        return try body.withUnsafeBytes { body in
            var reader = ByteReader(body)
            return try DeltaFilePrologue(decodingBody: &reader)
        }
    }

    /// - Parameters:
    ///   - section: the one that was begun last: for errors.
    ///   - piece: the one that would be next in it: for errors.
    mutating func readBlock(section: Int?, piece: Int?) throws -> (kind: UInt8, content: [UInt8]) {
        let start = offset
        let lead = try take(5)
        let length = lead.dropFirst().reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
        guard (DeltaFileBlock.section...DeltaFileBlock.trailer).contains(lead[0]) else {
            throw DeltaFileError.unknownBlock(lead[0], offset: start)
        }
        guard length <= DeltaFileBlock.limit else {
            throw DeltaFileError.oversizedBlock(length: length, limit: DeltaFileBlock.limit, offset: start)
        }
        let content = try take(Int(length))
        checksum.add(lead)
        checksum.add(content)
        try checkSum(section: section, piece: piece)
        return (lead[0], content)
    }

    mutating func expectEnd() throws {
        let end = offset
        guard try take(atMost: 1).isEmpty else { throw DeltaFileError.trailing(offset: end) }
    }

    private mutating func checkSum(section: Int?, piece: Int?) throws {
        let stored = try take(4).reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
        guard stored == checksum.value else {
            throw DeltaFileError.damaged(section: section, piece: piece, offset: offset)
        }
    }

    private mutating func take(_ count: Int) throws -> [UInt8] {
        let bytes = try take(atMost: count)
        guard bytes.count == count else { throw DeltaFileError.truncated(offset: offset) }
        return bytes
    }

    /// Grows with what comes, not with what was announced.
    private mutating func take(atMost count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            if chunk.isEmpty {
                guard let next = try source() else { break }
                chunk = next[...]
                continue
            }
            let part = chunk.prefix(count - bytes.count)
            bytes.append(contentsOf: part)
            chunk = chunk.dropFirst(part.count)
        }
        offset += bytes.count
        return bytes
    }
}
