public import CRDT

extension DeltaHeader {
    /// The most origins that a header may name.
    public static let originLimit = 100_000

    /// Canonical: scope, reach, base, cut, horizon, runs.
    public func encode(into writer: inout ByteWriter) {
        writer.write(varint: UInt64(scope.rawValue))
        writer.write(byte: reach == .wholeState ? 1 : 0)
        base.encode(into: &writer)
        cut.encode(into: &writer)
        horizon.encode(into: &writer)
        writer.write(varint: UInt64(runs.count))
        for span in runs {
            writer.write(fixed64: span.origin.rawValue)
            writer.write(varint: span.from)
            writer.write(hash: Hash128(high: span.high, low: span.low))
        }
    }

    public init(decoding reader: inout ByteReader) throws(CodecError) {
        scope = try reader.readScope()
        let start = reader.offset
        switch try reader.readByte() {
        case 0: reach = .namedSlots
        case 1: reach = .wholeState
        case let code: throw .unknownCode(UInt64(code), offset: start)
        }
        base = try Cut(decoding: &reader, limit: Self.originLimit)
        cut = try Cut(decoding: &reader, limit: Self.originLimit)
        horizon = try VersionVector(decoding: &reader, limit: Self.originLimit)
        let count = try reader.readCount(limit: Self.originLimit)
        runs = []
        for _ in 0..<count {
            let origin = Origin(rawValue: try reader.readFixed64())
            let from = try reader.readVarint()
            let bits = try reader.readHash()
            if let last = runs.last, (last.origin, last.from) >= (origin, from) {
                throw .notCanonical(offset: reader.offset)
            }
            runs.append(RunSpan(origin: origin, from: from, high: bits.high, low: bits.low))
        }
    }
}
