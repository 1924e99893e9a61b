internal import CRDT
internal import Replica

/// What stands around the bits of a push, and the checksum that ties it to the pushes before and to what it tells.
///
///     push    byte 0x20, or 0x21 if the context begins anew with it | checksum (4 bytes) | bits
///
/// The checksum is CRC-32 over the checksum of the push before (4 bytes; nothing if there is none), the encoded headers of the
/// deltas, and the bits. The headers hold hashes that follow from the records, so a record that is not the one which was
/// written shows here.
struct PushSeal {
    private var sum = Checksum()
    private let format: UInt8

    static let goingOn: UInt8 = 0x20
    static let anew: UInt8 = 0x21

    init(after context: PushContext) {
        format = context.checksum == nil ? Self.anew : Self.goingOn
        guard let last = context.checksum else { return }
        var writer = ByteWriter()
        writer.write(fixed32: last)
        sum.add(writer.bytes)
    }

    mutating func add(_ header: DeltaHeader) {
        var writer = ByteWriter(reservingCapacity: 256)
        header.encode(into: &writer)
        sum.add(writer.bytes)
    }

    func checksum(_ bits: [UInt8]) -> UInt32 {
        var sum = sum
        sum.add(bits)
        return sum.value
    }

    func bytes(_ bits: [UInt8]) -> [UInt8] {
        var writer = ByteWriter(reservingCapacity: bits.count + 5)
        writer.write(byte: format)
        writer.write(fixed32: checksum(bits))
        writer.write(raw: bits)
        return writer.bytes
    }
}
