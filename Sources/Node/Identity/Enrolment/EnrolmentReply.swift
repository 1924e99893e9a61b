internal import CRDT
internal import Net
internal import Replica

/// HQ's answer, as it travels.
enum EnrolmentReply {
    case granted(EnrolmentGrant)
    case refused(EnrolmentRefusal)

    /// A frame's body.
    func body() throws(CertificateError) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(byte: EnrolmentProtocol.version)
        switch self {
        case .granted(let grant):
            writer.write(byte: 0)
            writer.write(varint: UInt64(max(0, grant.grantedAt)))
            writer.write(fixed64: grant.chain.high)
            writer.write(fixed64: grant.chain.low)
            writer.write(varint: UInt64(grant.member))
            writer.write(counted: Array(grant.name.utf8))
            writer.write(raw: grant.digestKey)
            writer.write(counted: Array((grant.address.map { "\($0)" } ?? "").utf8))
            writer.write(counted: try grant.certificate.der)
            writer.write(counted: try grant.authority.der)
        case .refused(let refusal): writer.bytes = Self.body(refusal)
        }
        return writer.bytes
    }

    static func body(_ refusal: EnrolmentRefusal) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(byte: EnrolmentProtocol.version)
        writer.write(byte: refusal.code)
        writer.write(varint: refusal.evidence)
        if case .elsewhere(_, let address) = refusal {
            writer.write(counted: Array((address.map { "\($0)" } ?? "").utf8))
        }
        return writer.bytes
    }

    /// - Throws: `EnrolmentError.malformed`
    init(body: [UInt8]) throws(EnrolmentError) {
        do throws(CodecError) {
            self = try body.decoded { (reader) throws(CodecError) in try EnrolmentReply(decoding: &reader) }
        } catch {
            throw .malformed("\(error)")
        }
    }

    private init(decoding reader: inout ByteReader) throws(CodecError) {
        let version = try reader.readByte()
        guard version == EnrolmentProtocol.version else { throw .unknownCode(UInt64(version), offset: 0) }
        let code = try reader.readByte()
        if code == 0 {
            self = .granted(try EnrolmentGrant(decoding: &reader))
        } else {
            let evidence = try reader.readVarint()
            let address = code == EnrolmentRefusal.elsewhereCode ? try reader.readOptionalAddress() : nil
            guard let refusal = EnrolmentRefusal(code: code, evidence: evidence, address: address) else {
                throw .unknownCode(UInt64(code), offset: 1)
            }
            self = .refused(refusal)
        }
    }
}

extension EnrolmentGrant {
    fileprivate init(decoding reader: inout ByteReader) throws(CodecError) {
        let start = reader.offset
        let moment = try reader.readVarint()
        guard moment <= UInt64(Limits.momentMagnitude) else { throw .outOfRange(offset: start) }
        grantedAt = Int64(moment)
        chain = try reader.readHash128()
        member = try reader.readMember()
        name = try reader.readText(limit: MemberName.byteLimit)
        digestKey = Array(try reader.readRaw(16))
        address = try reader.readOptionalAddress()
        certificate = try reader.readCertificate()
        authority = try reader.readCertificate()
    }
}

extension ByteReader {
    fileprivate mutating func readCertificate() throws(CodecError) -> Certificate {
        let start = offset
        let der = Array(try readCounted(limit: 4 << 10))
        do throws(CertificateError) {
            return try Certificate(der: der)
        } catch {
            throw .outOfRange(offset: start)
        }
    }
}
