internal import CRDT
public import Replica
public import Sync

/// What a store needs to join a chain: whom to ask, how to recognise it, and a secret that works once.
///
/// Whoever has the token first becomes the member, so it travels like a password.
public struct InviteToken: Hashable, Sendable {
    public static let secretCount = 16
    static let version: UInt8 = 2

    public let chain: Hash128
    public let member: UInt32
    public let name: String
    /// SHA-256 of the certificate of the chain's authority, DER.
    public let authority: [UInt8]
    /// 16 bytes.
    public let secret: [UInt8]
    /// Milliseconds since 1970, in whole seconds. HQ decides by its own clock and record; here it is for people.
    public let expires: Int64
    /// Where the registrar is.
    public let address: NodeAddress
    /// Who answers there; the founder, unless it has handed its office over.
    public let registrar: UInt32

    public init(
        chain: Hash128, member: UInt32, name: String, authority: [UInt8], secret: [UInt8], expires: Int64,
        address: NodeAddress, registrar: UInt32 = Access.founder
    ) {
        precondition(authority.count == 32 && secret.count == Self.secretCount, "a token's parts have their lengths")
        precondition(expires >= 0, "a token expires after 1970")
        self.chain = chain
        self.member = member
        self.name = name
        self.authority = authority
        self.secret = secret
        self.expires = expires / 1_000 * 1_000
        self.address = address
        self.registrar = registrar
    }
}

extension InviteToken {
    /// In capitals and groups; see `TokenText`.
    public var text: String {
        var writer = ByteWriter()
        writer.write(byte: registrar == Access.founder ? 1 : Self.version)
        writer.write(fixed64: chain.high)
        writer.write(fixed64: chain.low)
        writer.write(varint: UInt64(member))
        writer.write(raw: authority)
        writer.write(raw: secret)
        writer.write(varint: UInt64(expires / 1_000))
        writer.write(counted: Array("\(address)".utf8))
        writer.write(counted: Array(name.utf8))
        if registrar != Access.founder { writer.write(varint: UInt64(registrar)) }
        writer.write(raw: SHA256.digest(writer.bytes).prefix(Self.checksumCount))
        return TokenText.encode(writer.bytes)
    }

    /// - Parameter text: as a person typed or pasted it.
    public init(text: String) throws(TokenError) {
        let bytes = try TokenText.decode(text)
        guard bytes.count > Self.checksumCount else { throw .incomplete }
        let content = Array(bytes.dropLast(Self.checksumCount))
        guard SHA256.digest(content).prefix(Self.checksumCount) == bytes.suffix(Self.checksumCount) else {
            throw .incomplete
        }
        guard (1...Self.version).contains(content[0]) else { throw .newerVersion(content[0]) }
        do throws(CodecError) {
            self = try content.decoded { (reader) throws(CodecError) in try InviteToken(decoding: &reader) }
        } catch {
            throw .malformed(.init(error))
        }
    }

    private static let checksumCount = 4

    private init(decoding reader: inout ByteReader) throws(CodecError) {
        let version = try reader.readByte()
        let chain = try reader.readHash128()
        let member = try reader.readMember()
        let (authority, secret) = (Array(try reader.readRaw(32)), Array(try reader.readRaw(Self.secretCount)))
        let start = reader.offset
        let seconds = try reader.readVarint()
        guard seconds <= UInt64(Limits.momentMagnitude) / 1_000 else { throw .outOfRange(offset: start) }
        let address = try reader.readAddress()
        let name = try reader.readText(limit: MemberName.byteLimit)
        guard MemberName.isValid(name) else { throw .outOfRange(offset: reader.offset) }
        let registrarStart = reader.offset
        let registrar = version == 1 ? Access.founder : try reader.readMember()
        // The founder's tokens are of version 1, so that a token has one text.
        guard version == 1 || registrar != Access.founder else { throw .notCanonical(offset: registrarStart) }
        self.init(
            chain: chain, member: member, name: name, authority: authority, secret: secret,
            expires: Int64(seconds) * 1_000, address: address, registrar: registrar)
    }
}
