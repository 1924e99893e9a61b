internal import CRDT
public import Replica

/// How far one side holds some scopes: as a hash, which the other side compares, or told in full.
///
///     offer = byte isLast   varint count, of each scope: varint scope (less the one before)   byte form   what the form says
///     form 0: the first 8 bytes of the scope's summary
///     form 1: cut   form 3: cut, 16 bytes of digest
///     forms 5 and 7: as 1 and 3; then, of a large delta of which a part is staged here, its header; counted, its last staged key
public struct Offer: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        public enum Form: Hashable, Sendable {
            case summary(UInt64)
            /// - digest: nil while a large cut is being folded in.
            case told(Cut, digest: Hash128?, staged: Standing.Staged?)
        }

        public let scope: Scope
        public let form: Form

        public init(scope: Scope, form: Form) {
            self.scope = scope
            self.form = form
        }
    }

    /// Ascending by scope.
    public var entries: [Entry]
    /// Nothing more is offered before the other side's turn.
    public var isLast: Bool

    public init(_ entries: [Entry], isLast: Bool) {
        self.entries = entries
        self.isLast = isLast
    }
}

extension Offer {
    func encode(into writer: inout ByteWriter) {
        writer.write(byte: isLast ? 1 : 0)
        writer.write(varint: UInt64(entries.count))
        var last: UInt32 = 0
        for entry in entries {
            writer.write(varint: UInt64(entry.scope.rawValue - last))
            last = entry.scope.rawValue
            switch entry.form {
            case .summary(let hash):
                writer.write(byte: 0)
                writer.write(fixed64: hash)
            case .told(let cut, let digest, let staged):
                writer.write(byte: 1 | (digest == nil ? 0 : 2) | (staged == nil ? 0 : 4))
                cut.encode(into: &writer)
                if let digest { writer.write(hash: digest) }
                if let staged {
                    staged.header.encode(into: &writer)
                    var key = ByteWriter()
                    staged.last.encode(into: &key)
                    writer.write(counted: key.bytes)
                }
            }
        }
    }

    init(decoding reader: inout ByteReader) throws(CodecError) {
        let flag = try reader.readByte()
        guard flag <= 1 else { throw .unknownCode(UInt64(flag), offset: reader.offset - 1) }
        isLast = flag == 1
        entries = []
        var last: UInt64 = 0
        for index in 0..<(try reader.readCount(limit: min(FrameLimits.scopes, reader.remaining))) {
            let start = reader.offset
            let step = try reader.readVarint()
            let (sum, overflows) = last.addingReportingOverflow(step)
            guard index == 0 || step > 0 else { throw .notCanonical(offset: start) }
            guard !overflows, sum >> 27 == 0 else { throw .outOfRange(offset: start) }
            last = sum
            entries.append(Entry(scope: Scope(rawValue: UInt32(sum)), form: try Self.form(&reader)))
        }
        try reader.expectEnd()
    }

    private static func form(_ reader: inout ByteReader) throws(CodecError) -> Entry.Form {
        let start = reader.offset
        let code = try reader.readByte()
        switch code {
        case 0: return .summary(try reader.readFixed64())
        case 1, 3, 5, 7:
            let cut = try Cut(decoding: &reader, limit: min(FrameLimits.origins, reader.remaining / 25))
            guard cut.points.allSatisfy({ $0.point.sequence <= Limits.sequence }) else { throw .outOfRange(offset: start) }
            let digest = code & 2 == 0 ? nil : try reader.readHash()
            guard code & 4 != 0 else { return .told(cut, digest: digest, staged: nil) }
            let header = try DeltaHeader(decoding: &reader)
            var key = ByteReader(try reader.readCounted(limit: 256))
            let last = try RecordKey(decoding: &key)
            try key.expectEnd()
            return .told(cut, digest: digest, staged: .init(header: header, last: last))
        default: throw .unknownCode(UInt64(code), offset: start)
        }
    }
}
