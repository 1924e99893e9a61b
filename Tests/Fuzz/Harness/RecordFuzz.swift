internal import CRDT
internal import Replica

/// Tries the codecs of a record's parts, and its join and views.
///
///     input    byte 0: stamp (8 bytes), a group of cells
///              byte 1: bytes for each of the codecs of names and vectors
///              byte 2: parts, each the state of a replica: its vector, then groups of cells (`FuzzState`)
enum RecordFuzz {
    enum Mode {
        static let group: UInt8 = 0
        static let names: UInt8 = 1
        static let join: UInt8 = 2
    }

    static func check(_ input: [UInt8]) throws {
        guard let mode = input.first else { return }
        let rest = Array(input.dropFirst())
        switch mode % 3 {
        case Mode.group: try checkGroup(rest)
        case Mode.names: try checkNames(rest)
        default: try StateChecks.check(InputParts.split(rest).prefix(3).compactMap(FuzzState.init))
        }
    }

    private static func checkGroup(_ bytes: [UInt8]) throws {
        guard bytes.count >= 8 else { return }
        let stamp = HLC(rawValue: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
        let dot = Dot(origin: Origin(member: 1, incarnation: 1), sequence: 1)
        let cells = try decodedCanonically("a group of cells", Array(bytes.dropFirst(8))) { reader throws(CodecError) in
            var cells: [Cell] = []
            try CellGroup.decode(&reader, dot: dot, stamp: stamp, appendingTo: &cells)
            return cells
        } _: { cells, writer in
            CellGroup.encode(cells, of: dot, into: &writer)
        }
        guard let cells, !cells.isEmpty else { return }
        let record = Record(sortedCells: cells)
        record.checkInvariants()
        try StateChecks.checkTransport(of: cells)
        ViewChecks.read(record)
    }

    private static func checkNames(_ bytes: [UInt8]) throws {
        let id = try decodedCanonically("an id", bytes) { reader throws(CodecError) in
            try Identifier(decodingLast: &reader)
        } _: {
            $0.encodeLast(into: &$1)
        }
        if let id { try Violation.unless(Identifier(id.description) == id, "an id reads as it is written", "\(id)") }
        try decodedCanonically("an id's prefix", bytes) { reader throws(CodecError) in
            try Identifier(decodingPrefix: &reader)
        } _: {
            $0.encodePrefix(into: &$1)
        }
        try decodedCanonically("a key", bytes) { reader throws(CodecError) in
            try RecordKey(decoding: &reader)
        } _: {
            $0.encode(into: &$1)
        }
        try decodedCanonically("a vector", bytes) { reader throws(CodecError) in
            try VersionVector(decoding: &reader, limit: 1000)
        } _: {
            $0.encode(into: &$1)
        }
        try decodedCanonically("a run of ids", bytes) { reader throws(CodecError) in
            let shape = try Identifier(decodingShape: &reader)
            var ids = [try Identifier(decodingDistance: &reader, from: shape, isFirst: true)]
            while !reader.isAtEnd {
                ids.append(try Identifier(decodingDistance: &reader, from: ids[ids.count - 1], isFirst: false))
            }
            return ids
        } _: { ids, writer in
            ids[0].encodeShape(into: &writer)
            for (index, id) in ids.enumerated() { id.encodeDistance(from: index == 0 ? nil : ids[index - 1], into: &writer) }
        }
    }
}
