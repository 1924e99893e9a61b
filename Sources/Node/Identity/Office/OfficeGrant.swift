internal import CRDT
internal import Net
internal import Replica
internal import Retail
internal import Sync

/// A term of the registrar's office, as its record says it: signed with the authority's key, which the registrar alone has.
struct OfficeGrant: Hashable {
    /// Origins that one grant names.
    private static let originLimit = 1 << 12
    private static let kind = "office"

    let chain: Hash128
    let term: Office.Term

    init(chain: Hash128, term: Office.Term) {
        self.chain = chain
        self.term = term
    }

    /// Canonical, without the signature.
    private var body: [UInt8] {
        var writer = ByteWriter()
        writer.write(fixed64: chain.high)
        writer.write(fixed64: chain.low)
        writer.write(varint: term.number)
        writer.write(varint: UInt64(term.holder))
        writer.write(byte: term.isTaken ? 1 : 0)
        writer.write(varint: UInt64(max(0, term.since)))
        writer.write(varint: UInt64(term.ended.count))
        for (origin, sequence) in term.ended.sorted(by: { $0.key < $1.key }) {
            writer.write(fixed64: origin.rawValue)
            writer.write(varint: sequence)
        }
        return writer.bytes
    }

    /// What the record holds.
    func signed(by authority: CertificateAuthority) throws(IdentityError) -> [UInt8] {
        try SignedStatement(body, as: Self.kind, signedBy: authority).bytes
    }

    /// - Returns: nil for what the chain's authority has not signed, or this version does not understand.
    init?(_ bytes: [UInt8], of chain: Hash128, signedBy authority: PublicKey) {
        guard let statement = SignedStatement(bytes),
            let grant = try? statement.content.decoded({ (reader) throws(CodecError) in
                try OfficeGrant(decoding: &reader)
            }), grant.chain == chain, statement.isSigned(as: Self.kind, by: authority)
        else { return nil }
        self = grant
    }

    private init(decoding reader: inout ByteReader) throws(CodecError) {
        chain = try reader.readHash128()
        let start = reader.offset
        let (number, holder, kind) = (try reader.readVarint(), try reader.readMember(), try reader.readByte())
        let since = try reader.readVarint()
        guard (1...RetailSchema.Office.termLimit).contains(number), kind <= 1, since <= UInt64(Limits.momentMagnitude) else {
            throw .outOfRange(offset: start)
        }
        var (ended, last): ([Origin: UInt64], Origin?) = ([:], nil)
        for _ in 0..<(try reader.readCount(limit: Self.originLimit)) {
            let origin = Origin(rawValue: try reader.readFixed64())
            guard last.map({ $0 < origin }) ?? true else { throw .notCanonical(offset: reader.offset) }
            ended[origin] = try reader.readVarint()
            last = origin
        }
        term = Office.Term(
            number: number, holder: holder, since: Int64(since), isTaken: kind == 1, ended: ended)
    }
}

extension Office {
    /// Who holds the office, as far as a replica knows.
    ///
    /// - Parameter authority: whose signature counts; nil where no authority is known, as in a chain that was imported: there
    ///   the founder holds it.
    /// - Throws: what the storage throws. A term whose record is damaged here is held by nobody: who held the one before it
    ///   holds it no more.
    init(reading replica: Replica, signedBy authority: PublicKey?) throws {
        self.init()
        guard let authority else { return }
        for key in try replica.keys(of: .chain, collection: RetailSchema.office.number) {
            guard let number = key.id.plainNumber, number <= RetailSchema.Office.termLimit,
                key == RetailSchema.office(term: number)
            else { continue }
            do {
                let record = try replica.record(key)
                // The highest last: it counts. What is no grant takes none that is beside it away.
                let cells = record[SlotKey(field: RetailSchema.Office.grant)].sorted { ($0.stamp, $0.dot) < ($1.stamp, $1.dot) }
                for cell in cells {
                    if let term = Self.term(number, cell.value, replica.identity.chain, authority) { add(term) }
                }
            } catch is ReplicaError {
                add(.unknown(number))
            }
        }
    }

    /// - Parameter directory: with the authority's certificate, if it is a node's.
    init(of directory: ReplicaDirectory) throws {
        try self.init(reading: directory.replica, signedBy: try ChainAuthority(of: directory)?.key)
        // A database that was put back does not make a registrar of whoever was it then.
        if let mark = try HandoverMark.read(in: directory.path), mark.term > number { add(.unknown(mark.term)) }
    }

    /// The term that a record with this number grants.
    static func term(_ number: UInt64, _ value: Value?, _ chain: Hash128, _ authority: PublicKey) -> Term? {
        guard case .bytes(let bytes) = value, let grant = OfficeGrant(bytes, of: chain, signedBy: authority),
            grant.term.number == number
        else { return nil }
        return grant.term
    }
}

extension Office.Term {
    /// A term of which it is known here that there is one, and not who holds it.
    fileprivate static func unknown(_ number: UInt64) -> Office.Term {
        Office.Term(number: number, holder: Office.unknownHolder, since: 0, isTaken: false, ended: [:])
    }
}
