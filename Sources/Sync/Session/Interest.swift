internal import CRDT
public import Replica

/// Which scopes a replica wants to hold: all of some kinds, and single ones.
///
///     interest = byte kinds (bit k: every scope of kind k)   varint count   varint of each single scope, ascending: less the one before
public struct Interest: Hashable, Sendable {
    /// Bit k: every scope whose kind has number k, also of kinds that this version does not know.
    public let kinds: UInt8
    /// Ascending; none that the kinds hold already.
    public let scopes: [Scope]

    public init(kinds: UInt8, scopes: some Sequence<Scope>) {
        self.kinds = kinds
        self.scopes = Set(scopes).filter { kinds & 1 << UInt8($0.rawValue & 7) == 0 }.sorted()
    }

    /// Headquarters'.
    public static let everything = Interest(kinds: 0xFF, scopes: [])

    public func contains(_ scope: Scope) -> Bool {
        if kinds & 1 << UInt8(scope.rawValue & 7) != 0 { return true }
        // A stranger may name a hundred thousand, and each is looked for as often as scopes are offered.
        var (low, high) = (0, scopes.count)
        while low < high {
            let middle = (low + high) / 2
            if scopes[middle] < scope { low = middle + 1 } else { high = middle }
        }
        return low < scopes.count && scopes[low] == scope
    }
}

extension Interest {
    func encode(into writer: inout ByteWriter) {
        writer.write(byte: kinds)
        writer.write(varint: UInt64(scopes.count))
        var last: UInt32 = 0
        for scope in scopes {
            writer.write(varint: UInt64(scope.rawValue - last))
            last = scope.rawValue
        }
    }

    init(decoding reader: inout ByteReader) throws(CodecError) {
        let kinds = try reader.readByte()
        var scopes: [Scope] = []
        var last: UInt64 = 0
        for index in 0..<(try reader.readCount(limit: min(FrameLimits.scopes, reader.remaining))) {
            let start = reader.offset
            let step = try reader.readVarint()
            guard index == 0 || step > 0 else { throw .notCanonical(offset: start) }
            let (sum, overflows) = last.addingReportingOverflow(step)
            guard !overflows, sum >> 27 == 0 else { throw .outOfRange(offset: start) }
            last = sum
            let scope = Scope(rawValue: UInt32(sum))
            guard kinds & 1 << UInt8(scope.rawValue & 7) == 0 else { throw .notCanonical(offset: start) }
            scopes.append(scope)
        }
        self.kinds = kinds
        self.scopes = scopes
    }
}
