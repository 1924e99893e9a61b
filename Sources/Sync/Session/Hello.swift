public import CRDT
public import Replica

/// The first frame of each side: who it is, what it wants, how far it has come in all, and what its clock shows.
public struct Hello: Hashable, Sendable {
    static let magic: UInt32 = 0x4174_6C53  // AtlS

    /// The version of the protocol; what a newer minor version adds can be skipped.
    public static let major: UInt8 = 1
    public static let minor: UInt8 = 0

    public var major = Self.major
    public var minor = Self.minor
    public var chain: Hash128
    /// The incarnation that speaks.
    public var origin: Origin
    public var interest: Interest
    /// Over all scopes that it holds, of those that the other side wants if that is known (`Standing.sum`).
    public var sum: Hash128
    /// The bytes of data that the other side may send before it gets more credit.
    public var credit: UInt64
    /// What the wall clock shows as this is sent, in milliseconds since 1970.
    public var time: UInt64
    /// In an answer: the other side's `time`, and what the clock here showed when it came.
    public var echo: UInt64 = 0
    public var received: UInt64 = 0
    /// 0 for headquarters; a clock follows a lower stratum.
    public var stratum: UInt8

    public init(
        chain: Hash128, origin: Origin, interest: Interest, sum: Hash128, credit: UInt64, time: UInt64, stratum: UInt8
    ) {
        self.chain = chain
        self.origin = origin
        self.interest = interest
        self.sum = sum
        self.credit = credit
        self.time = time
        self.stratum = stratum
    }
}

extension Hello {
    func encode(into writer: inout ByteWriter) {
        writer.write(fixed32: Self.magic)
        writer.write(byte: major)
        writer.write(byte: minor)
        writer.write(hash: chain)
        writer.write(fixed64: origin.rawValue)
        interest.encode(into: &writer)
        writer.write(hash: sum)
        for number in [credit, time, echo, received] { writer.write(varint: number) }
        writer.write(byte: stratum)
    }

    init(decoding reader: inout ByteReader) throws(CodecError) {
        guard try reader.readFixed32() == Self.magic else { throw .outOfRange(offset: 0) }
        (major, minor) = (try reader.readByte(), try reader.readByte())
        chain = try reader.readHash()
        origin = Origin(rawValue: try reader.readFixed64())
        interest = try Interest(decoding: &reader)
        sum = try reader.readHash()
        (credit, time) = (try reader.readVarint(), try reader.readVarint())
        (echo, received) = (try reader.readVarint(), try reader.readVarint())
        stratum = try reader.readByte()
        // A newer minor version may say more behind this.
        if minor <= Self.minor { try reader.expectEnd() }
    }
}
