internal import CRDT
internal import Net
internal import Replica

/// What a machine asks HQ for: a certificate for its key.
struct EnrolmentRequest {
    enum Purpose: Hashable {
        /// To become a member, with the secret of a token.
        case enrol(secret: [UInt8])
        /// To go on as one, proved by the certificate of the connection.
        case renew
    }

    let purpose: Purpose
    let chain: Hash128
    /// Where others dial the machine; nil if nobody does, or nothing has changed.
    let address: NodeAddress?
    /// PKCS #10, DER.
    let certificateRequest: [UInt8]
}

extension EnrolmentRequest {
    private static let certificateRequestLimit = 4 << 10

    private enum Code {
        static let enrol: UInt8 = 1
        static let renew: UInt8 = 2
    }

    /// A frame's body.
    var body: [UInt8] {
        var writer = ByteWriter()
        writer.write(byte: EnrolmentProtocol.version)
        switch purpose {
        case .enrol(let secret):
            writer.write(byte: Code.enrol)
            writer.write(raw: secret)
        case .renew: writer.write(byte: Code.renew)
        }
        writer.write(fixed64: chain.high)
        writer.write(fixed64: chain.low)
        writer.write(counted: Array((address.map { "\($0)" } ?? "").utf8))
        writer.write(counted: certificateRequest)
        return writer.bytes
    }

    /// - Throws: the refusal with which to answer.
    init(body: [UInt8]) throws(EnrolmentRefusal) {
        guard let version = body.first else { throw .malformed }
        guard version == EnrolmentProtocol.version else { throw .unsupportedVersion(EnrolmentProtocol.version) }
        do throws(CodecError) {
            self = try body.decoded { (reader) throws(CodecError) in try EnrolmentRequest(decoding: &reader) }
        } catch {
            throw .malformed
        }
    }

    private init(decoding reader: inout ByteReader) throws(CodecError) {
        _ = try reader.readByte()
        let start = reader.offset
        switch try reader.readByte() {
        case Code.enrol: purpose = .enrol(secret: Array(try reader.readRaw(InviteToken.secretCount)))
        case Code.renew: purpose = .renew
        case let code: throw .unknownCode(UInt64(code), offset: start)
        }
        chain = try reader.readHash128()
        address = try reader.readOptionalAddress()
        certificateRequest = Array(try reader.readCounted(limit: Self.certificateRequestLimit))
    }
}
